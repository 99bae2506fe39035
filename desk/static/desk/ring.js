// A ring that runs down to the deadline, by the server's clock.
import { isSoon, left } from "./clock.js";
import { draw, say, set } from "./dom.js";
import { brief } from "./format.js";

const circle = (name) => draw("circle", { class: name, cx: 22, cy: 22, r: 19, pathLength: 100 });

export function makeRing() {
  const words = draw("text", { x: 22, y: 22, class: "ring-left" });
  const given = { class: "ring", viewBox: "0 0 44 44", "aria-hidden": "true" };
  return draw("svg", given, circle("ring-ground"), circle("ring-rest"), words);
}

export function stateOf(party) {
  if (left(party) <= 0) return "over";
  return isSoon(party) ? "soon" : "fine";
}

// party: null where nothing runs any more.
export function turn(ring, party) {
  const seconds = party ? left(party) : 0;
  const rest = party ? Math.min(1, Math.max(0, seconds / party.handling_timeout)) : 0;
  set(ring, "data-state", party ? stateOf(party) : "gone");
  set(ring.children[1], "stroke-dashoffset", (100 - 100 * rest).toFixed(1));
  say(ring.children[2], party ? brief(seconds) : "–");
}
