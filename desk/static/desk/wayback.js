// On a phone the browser's own way back closes what is open, as the arrow at the top does.
import { close, isNarrow } from "./opening.js";
import { current } from "./store.js";

let isLeaving = false; // what was closed otherwise takes its step back with it, a little later
const isEntry = () => history.state?.isOpen === true;

export function showWayBack() {
  const isOpen = current() !== null;
  if (isOpen && isNarrow() && !isEntry()) history.pushState({ isOpen: true }, "");
  if (isOpen || !isEntry() || isLeaving) return;
  isLeaving = true;
  history.back();
}

export function watchWayBack() {
  window.addEventListener("popstate", () => {
    if (!isLeaving && !isEntry() && isNarrow() && current()) close();
    isLeaving = false;
  });
}
