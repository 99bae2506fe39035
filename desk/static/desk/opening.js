// To open an interaction, and on a phone to come back from it.
import { byId } from "./dom.js";
import { hasFallen } from "./roving.js";
import { changed, state } from "./store.js";

export const isNarrow = () => matchMedia("(max-width: 760px)").matches;

export function open(one) {
  state.looked = state.held.has(one.id) || state.gone.has(one.id) ? null : one;
  state.selected = one.id;
  changed();
  if (isNarrow()) queueMicrotask(() => byId("title")?.focus());
}

// Whoever acted goes on where the act has led, by keys and by ear as well.
export function focusOpen() {
  queueMicrotask(() => (byId("work").hidden ? byId("next") : byId("title")).focus());
}

export function settle() {
  if (hasFallen()) focusOpen();
}

export function close() {
  const id = state.selected;
  state.selected = null;
  state.looked = null;
  changed();
  queueMicrotask(() => (document.querySelector(`[data-key$=" ${id}"] .card`) ?? byId("next")).focus());
}
