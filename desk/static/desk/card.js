// An interaction in a list: what it is about, from whom, since when; and the ring, if it is mine.
import { left, now } from "./clock.js";
import { icon, make, say, set } from "./dom.js";
import { draftOf } from "./drafts.js";
import { moment, since, span } from "./format.js";
import { makeRing, stateOf, turn } from "./ring.js";
import { isMail, personOf, placeName, titleOf } from "./titles.js";
import { has, t } from "./words.js";

export function makeCard(kind, act) {
  const title = make("span", { class: "card-title" });
  const from = make("span", { class: "card-from" }), when = make("time", { class: "card-when" });
  const where = make("span", { class: "card-where" });
  const text = make("span", { class: "card-text" },
    make("span", { class: "card-line" }, from, when), title, where);
  const mark = kind === "held" ? makeRing() : icon(kind === "gone" ? "gone" : "mail");
  const opened = (event) => (event.preventDefault(), act(card.interaction));
  // Not a button: some browsers do not let those be dragged.
  const card = make("a", { class: `card ${kind}`, draggable: kind !== "gone", onclick: opened }, mark, text);
  return make("li", {}, card);
}

const sender = (one) => (isMail(one) ? personOf(one.user_data.from).name : one.media_type);

function about(one, kind, lost) {
  if (kind === "waits") return t("card.waits", { since: since(one.placed_in_queue_at ?? one.submitted_at, now()) });
  const known = `gone.short.${lost?.reason}`;
  if (lost) return t(has(known) ? known : "gone.short.unknown");
  return draftOf(one.id) === null ? placeName(one) : `${placeName(one)} · ${t("note.unsaved")}`;
}

// What waits changes with the minutes, what is held with the seconds.
function isAsItWas(card, one, isOpen) {
  const minute = Math.floor(now() / 60000), { seen } = card;
  card.seen = { one, isOpen, minute };
  return seen?.one === one && seen.isOpen === isOpen && seen.minute === minute;
}

export function fillCard(row, one, { kind, isOpen, lost = null }) {
  const card = row.firstChild, [mark, text] = card.children;
  if (isAsItWas(card, one, isOpen) && kind === "waits") return;
  card.interaction = one;
  set(card, "href", `#${one.id}`);
  const [line, title, where] = text.children, [from, when] = line.children;
  say(title, titleOf(one));
  say(from, sender(one));
  say(when, moment(one.received_at));
  set(when, "datetime", one.received_at);
  say(where, about(one, kind, lost));
  set(card, "aria-current", isOpen ? "true" : null);
  if (kind === "held") {
    turn(mark, one.party);
    set(card, "data-state", stateOf(one.party));
    set(card, "aria-label", t("card.held", { title: titleOf(one), from: sender(one), left: span(left(one.party)) }));
  }
}
