// The keys, and the page that explains them. Single keys can be turned off: some people speak to their machine.
import { askFinish, askLogOut, askMove, ask } from "./dialogs.js";
import { byId, make } from "./dom.js";
import { selectedHeld } from "./holding.js";
import { step } from "./hands.js";
import { preference } from "./kept.js";
import { close } from "./opening.js";
import { take, toggleWaiting } from "./places.js";
import { current, state } from "./store.js";
import { giveBackHeld, takeLooked } from "./work.js";
import { t } from "./words.js";

const held = (act) => () => selectedHeld() !== null && act(selectedHeld());
const first = (selector) => document.querySelector(selector)?.focus();

const KEYS = {
  n: () => take(),
  w: toggleWaiting,
  j: () => step(1),
  k: () => step(-1),
  f: held(askFinish),
  m: () => current() && !current().lost && askMove(current().interaction),
  r: held(giveBackHeld),
  t: () => current() && !current().isHeld && !current().lost && takeLooked(current().interaction),
  e: () => byId("note")?.focus(),
  i: () => first(".paper"),
  q: () => first("#queues button"),
  b: () => first("#workbins button"),
  h: () => first('#held [tabindex="0"]'),
  "?": () => help(),
};
const GO = ["j", "k"]; // may be held down
const SHOWN = ["n", "w", "j", "k", "i", "f", "m", "r", "t", "e", "q", "b", "h", "?"];

const isOn = () => preference("keys") !== "off";
// A dialog that was closed keeps the focus until the next frame.
const isWriting = (node) =>
  node.closest("input, textarea, select, [contenteditable]") !== null && node.closest("dialog:not([open])") === null;

export function help() {
  const others = ["save", "arrows", "escape"].map((name) => [t(`keys.${name}`), t(`key.${name}`)]);
  const rows = [...SHOWN.map((key) => [key.toUpperCase(), t(`key.${key}`)]), ...others];
  const list = make("dl", { class: "keys" }, ...rows.map(([key, words]) =>
    make("div", {}, make("dt", {}, make("kbd", {}, key)), make("dd", {}, words))));
  const turn = () => preference("keys", box.checked ? "on" : "off");
  const box = make("input", { type: "checkbox", checked: isOn(), onchange: turn });
  ask({ title: t("help"), about: t("help.about"), act: null, parent: document.body,
    fields: [list, make("label", { class: "choice" }, box, make("span", {}, t("help.single")))] });
}

export function watchKeys() {
  byId("help").addEventListener("click", help);
  byId("log-out").addEventListener("click", askLogOut);
  document.addEventListener("keydown", (event) => {
    if (!state.me || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (event.key === "Escape") return isWriting(event.target) ? event.target.blur() : close();
    if (isWriting(event.target) || !isOn()) return;
    const act = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act) return;
    event.preventDefault();
    if (event.repeat && !GO.includes(event.key)) return;
    act();
  });
}
