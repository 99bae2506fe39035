// The right: the interaction that is open, and what can be done with it.
import { isSoon, left } from "./clock.js";
import { byId, button, icon, make, say, set } from "./dom.js";
import { time, span } from "./format.js";
import { goneBanner } from "./gone.js";
import { fillMail, makeMail } from "./mail.js";
import { makeNote } from "./note.js";
import { close } from "./opening.js";
import { askFinish, askMove } from "./dialogs.js";
import { attempt } from "./notices.js";
import { move } from "./moving.js";
import { fillProperties, makeProperties } from "./properties.js";
import { makeRing, stateOf, turn } from "./ring.js";
import { current, state } from "./store.js";
import { makeThread } from "./thread.js";
import { isMail, placeName, titleOf } from "./titles.js";
import { t } from "./words.js";

let shown = { key: null, parts: null };

export const giveBackHeld = (id) => attempt(() => move(state.held.get(id), { back: true }));
export const takeLooked = (one) => attempt(() => move(one, { mine: true }));

function makeBar({ interaction: one, isHeld, lost }) {
  const back = make("button", { type: "button", class: "back", onclick: close, "aria-label": t("back") }, icon("back"));
  const bar = make("div", { class: "bar" }, back);
  if (isHeld) {
    bar.append(make("div", { class: "time" }, makeRing(), make("p", { class: "until" }, make("strong"), make("span"))));
    bar.append(make("div", { class: "acts" },
      button(t("act.back"), { symbol: "undo", keys: "R", act: () => giveBackHeld(one.id) }),
      button(t("act.move"), { symbol: "move", keys: "M", act: () => askMove(state.held.get(one.id)) }),
      button(t("act.finish"), { symbol: "done", kind: "first", keys: "F", act: () => askFinish(one.id) })));
  } else if (lost) {
    bar.append(make("p", { class: "until" }, make("strong", {}, t("gone.unknown")))); // there is a bar on a phone alone
  } else {
    bar.append(make("p", { class: "until" },
      make("strong", {}, t("look.only")), make("span", {}, t("look.why", { place: placeName(one) }))));
    bar.append(make("div", { class: "acts" },
      button(t("act.move"), { symbol: "move", keys: "M", act: () => askMove(one) }),
      button(t("act.take"), { symbol: "take", kind: "first", keys: "T", act: () => takeLooked(one) })));
  }
  return bar;
}

function makeHead() {
  return make("header", { class: "about" }, make("h2", { id: "title", tabindex: -1 }), make("p", { class: "tags" }));
}

function fillHead(head, one) {
  say(head.children[0], titleOf(one));
  const facts = [one.media_type, one.interaction_subtype, one.priority && t("priority.of", { priority: one.priority }),
    t("number.of", { id: one.id }), placeName(one), one.revocation_count && t("revoked.times", { count: one.revocation_count })];
  head.children[1].replaceChildren(...facts.filter(Boolean).map((fact) => make("span", { class: "tag" }, fact)));
}

function build(open) {
  const one = open.interaction;
  const bar = makeBar(open), head = makeHead(), thread = makeThread(one);
  const body = isMail(one) ? makeMail(one) : null;
  const properties = makeProperties(one, open.isHeld);
  const note = open.isHeld || open.lost ? makeNote(one.id, open.isHeld) : null;
  const paper = make("div", { class: "paper", tabindex: 0, role: "group", "aria-labelledby": "title" });
  paper.append(...[open.lost && goneBanner(open.lost), head, body?.node, properties.node, thread].filter(Boolean));
  byId("work").replaceChildren(...[bar, paper, note?.node].filter(Boolean));
  return { bar, head, body, properties, note };
}

function fill({ bar, head, body, properties, note }, { interaction, isHeld }) {
  fillHead(head, interaction);
  if (body) fillMail(body, interaction);
  fillProperties(properties, interaction);
  note?.fill(interaction);
  if (isHeld) tick(bar, interaction.party);
}

function tick(bar, party) {
  const [ring, until] = bar.querySelector(".time").children;
  turn(ring, party);
  set(bar, "data-state", stateOf(party));
  const seconds = left(party);
  say(until.children[0], seconds > 0 ? t("time.left", { left: span(seconds) }) : t("time.over"));
  const capped = party.expires_at === party.deadline_at;
  say(until.children[1], seconds <= 0 ? t("time.over.why") : capped ? t("time.capped", { at: time(party.deadline_at) })
    : isSoon(party) ? t("time.soon") : t("time.until", { at: time(party.deadline_at) }));
}

export function showWork() {
  const open = current();
  set(document.body, "data-open", open ? "true" : null);
  byId("nothing-open").hidden = open !== null;
  byId("work").hidden = open === null;
  if (!open) {
    shown = { key: null };
    byId("work").replaceChildren();
    return;
  }
  const { interaction: one, isHeld, lost } = open;
  const fate = lost ? [lost.at, lost.reason, placeName(lost)] : []; // after a reload the place has no name yet
  const key = [one.id, isHeld ? one.party.id : "", ...fate, isMail(one)].join();
  if (shown.key !== key) {
    const typing = document.activeElement?.closest?.("#work textarea") ? document.activeElement.selectionEnd : null;
    shown = { key, parts: build(open) };
    fill(shown.parts, open);
    if (typing !== null) shown.parts.note?.focus(typing);
  } else fill(shown.parts, open);
}
