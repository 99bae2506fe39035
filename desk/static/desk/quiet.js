// Nearly every request tells the server that the agent is at work. So the desk asks of its own accord only
// while nothing is held, or at the moment when the agent does something: what is due waits until then. An act
// lasts until it is answered, and a moment longer; what is wished for meanwhile may be asked for when its turn comes.
import { attempt } from "./notices.js";
import { state } from "./store.js";

const MOMENT = 2000; // ms
const due = new Map(), running = new Set(); // by name: {act, isGranted}
let actedAt = 0;

export const mayAsk = () => state.held.size === 0 || Date.now() - actedAt < MOMENT;

// Attempted once, however often it is wished for; and once more, if it is wished for while it runs.
export function whenWorking(name, act) {
  due.set(name, { act, isGranted: mayAsk() || Boolean(due.get(name)?.isGranted) });
  flush();
}

export function flush() {
  if (!state.me) return;
  for (const [name, { act, isGranted }] of [...due]) {
    if (running.has(name) || !(isGranted || mayAsk())) continue;
    due.delete(name);
    running.add(name);
    attempt(act).finally(() => (running.delete(name), flush()));
  }
}

export function acted() {
  actedAt = Date.now();
  flush();
}

export const lastAct = () => actedAt;

export function forgetDue() {
  due.clear();
}
