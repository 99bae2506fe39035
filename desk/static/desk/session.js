// In and out. A reload goes on with the same session; whoever crashed logs in again and finds what is held.
import { Problem, Unreachable, ask, get, hasToken, on, pause, useToken } from "./api.js";
import { toldBy } from "./activity.js";
import { follow, foundNow, lostNow } from "./events.js";
import { readMine, resetAll } from "./holding.js";
import { keep, preference, read } from "./kept.js";
import { readContent, readLists, readTypes, show } from "./lists.js";
import { attempt, tell } from "./notices.js";
import { forgetDue } from "./quiet.js";
import { changed, forget, restore, state } from "./store.js";
import { stopListening } from "./stream.js";
import { callOff } from "./waiting.js";
import { has, t } from "./words.js";

const AGAIN_AFTER = 3000; // ms
const said = { outBecause: null };

export const whyOut = () => said.outBecause;

export async function logIn(username, password, place) {
  const body = { username, password, application: "desk", ...(place ? { place } : {}) };
  const found = await ask("POST", "sessions", body, { again: false });
  useToken(found.token);
  preference("place", place);
  keep("cursor", (await get("events")).cursor);
  const parties = await enter(found), since = Date.parse(found.session.started_at);
  const count = parties.filter(({ joined_at: at }) => Date.parse(at) < since).length; // not what was pulled meanwhile
  if (count) tell(t("login.found", { count }));
}

// The token of before the reload, if it is still good.
export async function resume() {
  if (!hasToken()) return false;
  restore();
  state.me = read("me");
  if (state.me) changed();
  for (;;) {
    try {
      await enter(await get("sessions/current"));
      return true;
    } catch (error) {
      if (error instanceof Problem && error.status === 401) return false;
      if (!(error instanceof Unreachable)) throw error;
      await pause(AGAIN_AFTER);
    }
  }
}

async function enter(me) {
  said.outBecause = null;
  const before = [...state.shown]; // an agent may open some before all is answered
  state.me = { agent: me.agent, session: me.session };
  keep("me", state.me);
  follow();
  const [{ parties }] = await Promise.all([get("parties"), readTypes(), readLists()]);
  await readMine();
  const own = state.workbins.filter((one) => one.owner_kind === "agent" && one.owner === me.agent.username);
  const wanted = before.length ? before.filter((id) => state.shown.has(id)) : own.map(({ id }) => id);
  for (const id of wanted) await attempt(() => (state.shown.has(id) ? readContent(id) : show(id)));
  changed();
  return parties;
}

export async function logOut() {
  await ask("DELETE", "sessions/current");
  leave(null);
}

function leave(because) {
  if (!hasToken()) return;
  said.outBecause = because;
  stopListening();
  callOff();
  forgetDue();
  useToken(null);
  forget();
  changed();
}

on({
  reset: (sent) => (toldBy(sent), resetAll(sent)),
  out: ({ reason }) => leave(has(`out.${reason}`) ? t(`out.${reason}`) : t("out.unknown")),
  lost: lostNow,
  found: foundNow,
});
