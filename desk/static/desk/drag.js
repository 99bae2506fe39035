// By hand: an interaction is dragged onto a queue, a workbin, or what I hold. By keys there is Move.
import { move } from "./moving.js";
import { attempt } from "./notices.js";
import { set } from "./dom.js";

let dragged = null, over = null;

function targetOf(node) {
  const place = node.closest?.("[data-queue], [data-workbin], [data-mine]");
  if (!place || !dragged) return null;
  const { queue, workbin, mine } = place.dataset;
  return { place, where: mine !== undefined ? { mine: true } : queue ? { queue } : { workbin: Number(workbin) } };
}

function mark(place) {
  if (over === place) return;
  if (over) set(over, "data-over", null);
  if (place) set(place, "data-over", "true");
  over = place;
}

export function watchDragging() {
  document.addEventListener("dragstart", (event) => {
    dragged = event.target.interaction ?? null;
    event.dataTransfer?.setData("text/plain", String(dragged?.id ?? ""));
    if (dragged) set(document.body, "data-dragging", "true");
  });
  document.addEventListener("dragover", (event) => {
    const target = targetOf(event.target);
    mark(target?.place ?? null);
    if (target) event.preventDefault();
  });
  document.addEventListener("drop", (event) => {
    const target = targetOf(event.target), one = dragged;
    if (!target) return;
    event.preventDefault();
    attempt(() => move(one, target.where));
  });
  document.addEventListener("dragend", () => {
    dragged = null;
    mark(null);
    set(document.body, "data-dragging", null);
  });
}
