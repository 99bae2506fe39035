// Typing, clicking and scrolling in the interaction keep what is held; an open but untouched tab does not.
import { Problem, Unreachable, post } from "./api.js";
import { byId } from "./dom.js";
import { acted } from "./quiet.js";
import { reconcile } from "./holding.js";
import { state } from "./store.js";

const SELDOM = 10000; // ms
const SIGNS = ["pointerdown", "keydown", "input", "wheel", "touchmove"];
let toldAt = 0, timer = null;

// Where the timeout is shorter than that, often enough all the same.
function interval() {
  const shortest = Math.min(...[...state.held.values()].map((one) => one.party.handling_timeout));
  return Math.min(SELDOM, (shortest * 1000) / 3);
}

async function keepAlive() {
  timer = null;
  if (!state.me || state.held.size === 0) return;
  toldAt = Date.now();
  try {
    await reconcile(() => post("keep-alive", {}, { again: false }));
  } catch (error) {
    if (!(error instanceof Unreachable || error instanceof Problem)) throw error;
    toldAt = 0; // the next sign of life tries again
  }
}

function working() {
  if (state.held.size === 0 || timer !== null) return;
  timer = setTimeout(keepAlive, Math.max(0, toldAt + interval() - Date.now()));
}

// Another request has said so already.
export function toldBy(sent) {
  toldAt = Math.max(toldAt, sent);
}

export function watchActivity() {
  for (const sign of SIGNS) {
    byId("work").addEventListener(sign, (event) => event.isTrusted && working(), { passive: true, capture: true });
  }
  for (const sign of ["pointerdown", "keydown"]) {
    document.addEventListener(sign, (event) => event.isTrusted && acted(), { passive: true, capture: true });
  }
}
