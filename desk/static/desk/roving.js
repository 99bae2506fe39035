// A list is one stop of the Tab key; within it the arrows go.
import { set } from "./dom.js";

const STEPS = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity };
const linksOf = (list) => [...list.querySelectorAll(":scope > li > a")];

export function oneStop(list) {
  const all = linksOf(list);
  const stop = all.find((one) => one === document.activeElement) ?? all.find((one) => one.getAttribute("aria-current"))
    ?? all.find((one) => one.getAttribute("tabindex") === "0") ?? all[0];
  for (const one of all) {
    const index = one === stop ? 0 : -1;
    set(one, "tabindex", index);
  }
}

const at = (all, index) => all[Math.min(all.length - 1, Math.max(0, index))];
let fallen = null; // where the focus was put, because what had it is gone

export const indexOfFocus = (list) => linksOf(list).indexOf(document.activeElement);

export function catchFocus(list, index) {
  if (index < 0 || document.activeElement !== document.body) return;
  fallen = at(linksOf(list), index) ?? null;
  fallen?.focus({ preventScroll: true });
}

export const hasFallen = () => [document.body, fallen].includes(document.activeElement);

export function watchArrows() {
  document.addEventListener("keydown", (event) => {
    const list = event.target.closest?.("[data-roving]");
    if (!list || !(event.key in STEPS) || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const all = linksOf(list);
    at(all, all.indexOf(event.target) + STEPS[event.key])?.focus();
    oneStop(list);
  });
}
