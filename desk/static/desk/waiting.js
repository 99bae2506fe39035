// Waiting for the next: a pull that the server answers when there is something. It can be called off.
import { Problem, Unreachable, pause, post } from "./api.js";
import { pathOfPull, readMine, took } from "./holding.js";
import { announce, tell, wordsFor } from "./notices.js";
import { refreshSoon } from "./lists.js";
import { open } from "./opening.js";
import { lastAct, whenWorking } from "./quiet.js";
import { changed, current, state } from "./store.js";
import { titleOf } from "./titles.js";
import { t } from "./words.js";

const SECONDS = 25, PATIENCE = 40000;
const AFTERWARDS = [1000, 4000, 15000]; // ms
let running = null;

export async function wait(queue = null) {
  callOff();
  const own = (running = new AbortController());
  state.waiting = { queue };
  changed();
  announce(t("wait.begun"));
  while (!own.signal.aborted) {
    const began = Date.now();
    try {
      const given = { signal: own.signal, patience: PATIENCE };
      const { interactions } = await post(pathOfPull(queue), { wait_seconds: SECONDS }, given);
      if (interactions.length) return arrived(interactions, own);
    } catch (error) {
      if (own.signal.aborted) return;
      if (!(error instanceof Unreachable)) return end(own, error);
      await pause(2000);
    }
    // To ask again would keep what is held, whether or not its agent is still there.
    if (state.held.size && lastAct() < began && !own.signal.aborted) return end(own, null);
  }
}

function arrived(interactions, own) {
  if (running === own) close();
  took(interactions, !current()?.isHeld); // nobody is torn out of what is open
  const action = { words: t("wait.open"), act: () => open(interactions[0]) };
  tell(t("wait.arrived", { title: titleOf(interactions[0]) }), { action: state.selected === interactions[0].id ? null : action });
  refreshSoon();
}

function end(own, error) {
  if (running !== own) return;
  close();
  if (error?.status === 401) return;
  if (error && !(error instanceof Problem)) console.error(error);
  tell(error ? wordsFor(error) : t("wait.quiet"), { isBad: true });
}

function close() {
  running = null;
  state.waiting = null;
  changed();
}

export function callOff() {
  if (!running) return;
  running.abort();
  close();
  for (const ms of AFTERWARDS) setTimeout(lookAgain, ms);
}

// What the server gave before it heard of it is ours, and a server that is busy hears of it late.
const lookAgain = () => state.me && whenWorking("mine", readMine);

export async function stopWaiting() {
  callOff();
  await readMine();
}
