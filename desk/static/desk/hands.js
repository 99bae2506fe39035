// The middle: what I hold, what I have just lost, and what waits in the workbins that are shown.
import { byId, button, make, say, set, sync } from "./dom.js";
import { fillCard, makeCard } from "./card.js";
import { count } from "./format.js";
import { isPutAwayAtOnce, putAllAway } from "./gone.js";
import { readMore, toggle } from "./lists.js";
import { focusOpen, open } from "./opening.js";
import { attempt } from "./notices.js";
import { catchFocus, indexOfFocus, oneStop } from "./roving.js";
import { changed, look, state } from "./store.js";
import { nameOfWorkbin } from "./titles.js";
import { t } from "./words.js";

const AT_ONCE = 40;

export const inHands = () => [
  ...[...state.held.values()].map((one) => ({ kind: "held", one })),
  ...[...state.gone.values()].map((lost) => ({ kind: "gone", one: lost.interaction, lost })),
];

function fillList(list, rows) {
  const fill = (row, { kind, one, lost }) => fillCard(row, one, { kind, lost, isOpen: state.selected === one.id });
  const index = indexOfFocus(list);
  sync(list, rows, ({ kind, one }) => `${kind} ${one.id}`, ({ kind }) => makeCard(kind, open), fill);
  catchFocus(list, index);
  oneStop(list);
}

function makeBin(workbin) {
  const head = make("h3", { id: `bin-${workbin.id}` });
  const hide = () => attempt(() => toggle(workbin.id));
  const close = make("button", { type: "button", class: "quiet", onclick: hide }, t("bin.close"));
  const list = make("ul", { class: "cards", "data-roving": true, "aria-labelledby": head.id });
  const more = button(t("bin.more"), { act: () => attempt(() => readMore(workbin.id)), kind: "small" });
  return make("section", { class: "bin", "data-workbin": workbin.id },
    make("div", { class: "head" }, head, make("span", { class: "number" }), close),
    list, make("p", { class: "none" }, t("bin.empty")), more);
}

// Two hundred rows in one go would be felt: the others come with the next frames.
function portion(list, items) {
  const ready = list.children.length + AT_ONCE;
  if (items.length > ready) requestAnimationFrame(() => state.me && look());
  return items.slice(0, ready);
}

function fillBin(section, workbin) {
  const content = state.contents.get(workbin.id);
  const items = (content?.items ?? []).filter(({ id }) => !state.held.has(id));
  const [head, list, none, more] = section.children;
  say(head.children[0], nameOfWorkbin(workbin));
  say(head.children[1], count(content?.more ? workbin.waiting : items.length));
  set(head.children[2], "aria-label", t("bin.close.of", { name: nameOfWorkbin(workbin) }));
  fillList(list, portion(list, items).map((one) => ({ kind: "waits", one })));
  none.hidden = !content || items.length > 0;
  more.hidden = !content?.more;
}

export function showHands() {
  const rows = inHands();
  fillList(byId("held"), rows);
  byId("nothing-held").hidden = rows.length > 0;
  byId("put-away").hidden = [...state.gone.keys()].filter(isPutAwayAtOnce).length < 2;
  const { capacity } = state.me.agent;
  say(byId("held-number"), capacity === null ? count(state.held.size) : t("held.of", { held: state.held.size, capacity }));
  const shown = state.workbins.filter(({ id }) => state.shown.has(id));
  sync(byId("bins"), shown, ({ id }) => id, makeBin, fillBin);
}

export function bindHands() {
  byId("put-away").addEventListener("click", () => (putAllAway(), focusOpen()));
}

export function step(by) {
  const rows = inHands();
  if (!rows.length) return;
  const at = rows.findIndex(({ one }) => one.id === state.selected);
  const next = at < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + by));
  state.selected = rows[next].one.id;
  changed();
  queueMicrotask(() => document.querySelector("#held [aria-current]")?.focus());
}
