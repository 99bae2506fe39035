// The left: the next one, the queues, and the workbins. Interactions are dropped here, too.
import { now } from "./clock.js";
import { byId, button, icon, make, say, set, sync } from "./dom.js";
import { count, since } from "./format.js";
import { pull } from "./holding.js";
import { refreshSoon, toggle } from "./lists.js";
import { attempt } from "./notices.js";
import { focusOpen } from "./opening.js";
import { changed, state } from "./store.js";
import { nameOfWorkbin } from "./titles.js";
import { stopWaiting, wait } from "./waiting.js";
import { t } from "./words.js";

const OWNERS = { agent: "person", agent_group: "people", place: "place", place_group: "place" };

let isTaking = false;
const isFirst = (click) => click.detail < 2; // a double click takes one

export async function take(queue = null) {
  if (isTaking) return;
  isTaking = true;
  const pulled = await attempt(() => pull(queue));
  isTaking = false;
  if (pulled?.length) focusOpen();
  refreshSoon();
}

export const toggleWaiting = () => attempt(() => (state.waiting ? stopWaiting() : wait()));

function pullOrWait({ name, waiting }) {
  if (state.waiting?.queue === name) return attempt(stopWaiting);
  return waiting ? take(name) : attempt(() => wait(name));
}

function makeQueue(queue) {
  const act = button("", { kind: "small", act: (click) => isFirst(click) && pullOrWait(state.queues.find(({ name }) => name === queue.name)) });
  const text = make("span", { class: "place-text" },
    make("span", { class: "place-name" }), make("span", { class: "place-about" }));
  return make("li", { class: "place", "data-queue": queue.name }, text, make("span", { class: "number" }), act);
}

function aboutQueue({ is_paused: isPaused, waiting, oldest_waiting_at: oldest }, isWaiting) {
  if (isPaused) return t("queue.paused");
  if (isWaiting) return t("queue.awaited");
  return waiting && oldest ? t("queue.oldest", { since: since(oldest, now()) }) : t("queue.none");
}

function fillQueue(row, queue) {
  const [text, number, act] = row.children;
  const isWaiting = state.waiting?.queue === queue.name;
  say(text.children[0], queue.name);
  set(row, "title", queue.description || null);
  say(text.children[1], aboutQueue(queue, isWaiting));
  say(number, count(queue.waiting));
  set(number, "aria-label", t("queue.waiting", { count: queue.waiting }));
  set(number, "role", "img");
  const word = isWaiting ? "wait.stop" : queue.waiting ? "pull" : "wait";
  say(act.lastChild, t(word));
  set(act, "aria-label", t(`${word}.from`, { queue: queue.name }));
  act.disabled = queue.is_paused;
}

function makeWorkbin({ id, owner_kind: kind }) {
  const act = make("button", { type: "button", class: "place-button", onclick: () => attempt(() => toggle(id)) },
    icon(OWNERS[kind]), make("span", { class: "place-name" }), make("span", { class: "number" }),
    make("span", { class: "unseen" }));
  return make("li", { class: "place", "data-workbin": id }, act);
}

function fillWorkbin(row, workbin) {
  const act = row.firstChild, content = state.contents.get(workbin.id);
  const waiting = content && !content.more ? content.items.length : workbin.waiting;
  say(act.children[1], nameOfWorkbin(workbin));
  set(row, "title", nameOfWorkbin(workbin));
  say(act.children[2], count(waiting));
  set(act, "aria-pressed", state.shown.has(workbin.id));
  say(act.children[3], t("bin.waiting", { count: waiting }));
}

export function showPlaces() {
  const all = state.waiting?.queue === null;
  set(byId("wait"), "aria-pressed", all);
  say(byId("wait").querySelector("span"), t(all ? "wait.stop" : "wait.all"));
  byId("waiting").hidden = state.waiting === null;
  say(byId("waiting-for"), state.waiting?.queue ? t("wait.for.queue", { queue: state.waiting.queue }) : t("wait.for.any"));
  sync(byId("queues"), state.queues, ({ name }) => name, makeQueue, fillQueue);
  byId("no-queues").hidden = !state.hasLists || state.queues.length > 0;
  sync(byId("workbins"), state.workbins, ({ id }) => id, makeWorkbin, fillWorkbin);
  byId("no-workbins").hidden = !state.hasLists || state.workbins.length > 0;
}

export function bindPlaces() {
  byId("next").addEventListener("click", (click) => isFirst(click) && take());
  byId("wait").addEventListener("click", toggleWaiting);
  byId("stop-waiting").addEventListener("click", () => attempt(stopWaiting));
  changed();
}
