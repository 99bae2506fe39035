// What an agent does with interactions: pull, change, place, finish. And what is known of those that are held.
import { Problem, ask, get, post } from "./api.js";
import { moved } from "./clock.js";
import { draftOf, dropDraft } from "./drafts.js";
import { announce, tell } from "./notices.js";
import { acted, whenWorking } from "./quiet.js";
import { changed, current, state } from "./store.js";
import { titleOf } from "./titles.js";
import { t } from "./words.js";

const leaving = new Set(); // ids of what is being handed over: not to be listed any more is no loss
let steps = 0; // in what is held and in what is known of it: what was asked before the last one tells of the past
export const stepped = () => (steps += 1);
const GONE = ["not_held", "stale_party", "stopped", "not_found"];

export function took(interactions, isOpened = true) {
  steps += interactions.length;
  for (const one of interactions) {
    state.held.set(one.id, one);
    state.gone.delete(one.id);
  }
  if (interactions.length && isOpened) state.selected = interactions[0].id;
  changed();
  return interactions;
}

export const pathOfPull = (queue) => (queue === null ? "pull-next" : `queues/${encodeURIComponent(queue)}/pull`);
const takeFrom = async (path, body) => took((await post(path, body).finally(acted)).interactions);

export async function pull(queue) {
  const pulled = await takeFrom(pathOfPull(queue));
  if (!pulled.length) tell(queue === null ? t("pull.nothing") : t("pull.nothing.queue", { queue }));
  return pulled;
}

export const pullById = (workbin, id) => takeFrom(`workbins/${workbin}/pull`, { interactions: [id] });

// What the agent does as a party. Who no longer is one is told so, and shown what was.
async function asParty(id, act) {
  const one = state.held.get(id);
  try {
    return await act(one, one.party.id).finally(acted);
  } catch (error) {
    if (!(error instanceof Problem && GONE.includes(error.code))) throw error;
    if (error.code === "not_found" && await isStillMine(one)) throw Object.assign(error, { code: "place_not_found" });
    lose(id, error.reason ?? error.code);
    return null;
  }
}

const isStillMine = async ({ id, party }) =>
  (await get(`interactions/${id}`).catch(() => null))?.party?.id === party.id;

export function change(id, changes) {
  return asParty(id, async (one, party) => {
    const before = steps;
    const { interaction } = await ask("PATCH", `interactions/${id}`, { party, ...changes });
    const isLast = steps === before;
    stepped();
    if (isLast && state.held.has(id)) state.held.set(id, interaction);
    else readAgainSoon(id);
    changed();
    return interaction;
  });
}

export async function saveNote(id) {
  const text = draftOf(id);
  if (text === null) return true;
  const saved = await change(id, { user_data: { note: text.trim() ? text : null } });
  if (saved && draftOf(id) === text) dropDraft(id);
  changed();
  return saved !== null;
}

// The unsaved note goes with it.
async function handOver(id, path, body, words) {
  const title = titleOf(state.held.get(id));
  if (!(await saveNote(id))) return null;
  leaving.add(id);
  try {
    const done = await asParty(id, (_, party) => post(`interactions/${id}/${path}`, { party, ...body }));
    if (done) {
      drop(id);
      tell(t(words, { title, ...body }));
    }
    return done;
  } finally {
    leaving.delete(id);
  }
}

export const finish = (id, reason) => handOver(id, "stop-processing", reason ? { reason } : {}, "done.finished");
export const giveBack = (id) => handOver(id, "place-in-queue", {}, "done.back");
export const placeInQueue = (id, queue) => handOver(id, "place-in-queue", { queue }, "done.placed");
export const placeInWorkbin = (id, workbin) => handOver(id, "place-in-workbin", { workbin }, "done.binned");

function drop(id) {
  stepped();
  const ids = [...state.held.keys()], at = ids.indexOf(id);
  state.held.delete(id);
  if (state.selected === id) state.selected = ids[at + 1] ?? ids[at - 1] ?? null;
  changed();
}

// reason: of EventRevoked, or of a refusal. It stays on the desk until it is put away, with its unsent note.
export function lose(id, reason, where = {}) {
  const interaction = state.held.get(id) ?? state.gone.get(id)?.interaction;
  if (!interaction) return;
  if (state.held.delete(id)) stepped();
  const { queue, workbin } = interaction;
  const lost = { interaction, reason: reason.toLowerCase(), at: Date.now(), queue, workbin, ...where };
  state.gone.set(id, lost);
  announce(t("gone.said", { title: titleOf(interaction) }));
  changed();
}

export function putAway(id) {
  state.gone.delete(id);
  dropDraft(id);
  if (state.selected === id) state.selected = null;
  changed();
}

// The event says why, if it has not yet.
function loseAllBut(listed) {
  for (const id of state.held.keys()) if (!listed.has(id) && !leaving.has(id)) lose(id, "unknown");
}

// All open parties as the server has just listed them: the truth, unless something was done meanwhile.
export async function reconcile(ask) {
  const before = steps;
  const { parties } = await ask();
  if (steps !== before) return;
  const listed = new Map(parties.map((party) => [party.interaction, party]));
  for (const [id, one] of state.held) {
    const party = listed.get(id);
    if (party) state.held.set(id, { ...one, party });
  }
  loseAllBut(listed);
  if (parties.some((party) => !state.held.has(party.interaction))) whenWorking("mine", readMine);
  changed();
}

export async function readMine() {
  const before = steps;
  const found = await get("interactions", { agent: "me", state: "handling", limit: 200 });
  if (steps !== before) return readMine();
  const mine = new Map(found.results.reverse().map((one) => [one.id, one]));
  loseAllBut(mine);
  took([...mine.values()].filter((one) => one.party), false);
}

export const readAgainSoon = (id) => whenWorking(`again ${id}`, () => readAgain(id));

async function readAgain(id) {
  if (!state.held.has(id)) return;
  const before = steps;
  const one = await get(`interactions/${id}`);
  if (steps !== before) return readAgain(id);
  if (one.party) state.held.set(id, one);
  changed();
}

// Any request moves all deadlines.
export function resetAll(sent) {
  for (const [id, one] of state.held) state.held.set(id, { ...one, party: moved(one.party, sent) });
  if (state.held.size) changed();
}

export const selectedHeld = () => (current()?.isHeld ? state.selected : null);
