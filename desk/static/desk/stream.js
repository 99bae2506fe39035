// The agent's events as they come: read on from the last one after any break, so none is missed. They are
// received only, which resets no timer. Where a proxy holds streams back, they are asked for instead.
import { Unreachable, pause, send } from "./api.js";
import { keep, read } from "./kept.js";

const PAUSES = [0, 500, 1000, 2000, 4000, 8000]; // ms, the last one again and again
const QUIET = 40000, FIRST = 20000; // ms without a sign of life; there is one every 15 s
let current = null;

class Expired extends Error {}

async function open(path, headers, signal) {
  const answer = await send("GET", path, { headers, signal, patience: 0 });
  if (answer.status === 410) throw new Expired();
  if (!answer.ok) throw new Unreachable(String(answer.status));
  return answer;
}

// A break in the air is seen because nothing comes any more.
function watchdog(ms, act) {
  let timer = setTimeout(act, ms);
  return { fed: () => (clearTimeout(timer), (timer = setTimeout(act, QUIET))), end: () => clearTimeout(timer) };
}

function pieceOf(text, told) {
  const of = (name) => text.split("\n").filter((line) => line.startsWith(`${name}: `)).map((line) => line.slice(name.length + 2));
  const data = of("data").join("\n");
  if (data) told.event(JSON.parse(data));
  const [cursor] = of("id");
  if (cursor) keep("cursor", cursor);
}

async function readStream(told, signal) {
  const own = new AbortController();
  const dog = watchdog(FIRST, () => own.abort());
  let text = "";
  try {
    const cursor = read("cursor");
    const answer = await open("events/stream", cursor ? { "Last-Event-ID": cursor } : {}, AbortSignal.any([signal, own.signal]));
    told.open();
    for (const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader(); ;) {
      const { done, value } = await reader.read();
      if (done) return;
      dog.fed();
      const pieces = (text + value).split("\n\n");
      text = pieces.pop();
      for (const piece of pieces) pieceOf(piece, told);
    }
  } finally {
    dog.end();
  }
}

async function readPage(told, signal) {
  const cursor = read("cursor");
  const answer = await open(`events?${new URLSearchParams(cursor ? { after: cursor, wait_seconds: 20 } : {})}`, {}, signal);
  told.open();
  const page = await answer.json();
  for (const event of page.events) told.event(event);
  keep("cursor", page.cursor);
}

// told: {event(event), open(), broken(), expired()}
export async function listen(told) {
  stopListening();
  const own = (current = new AbortController());
  for (let breaks = 0, silent = 0; !own.signal.aborted;) {
    const began = Date.now();
    try {
      const opened = () => ((breaks = 0), told.open());
      await (silent > 1 ? readPage : readStream)({ ...told, open: opened }, own.signal);
      silent = 0;
    } catch (error) {
      if (own.signal.aborted) return;
      if (error instanceof Expired) {
        keep("cursor", null);
        told.expired();
      } else if (error.name === "AbortError" && Date.now() - began >= FIRST) silent += 1;
      if (breaks > 0) told.broken();
    }
    await Promise.race([pause(PAUSES[Math.min(breaks++, PAUSES.length - 1)]), awake()]);
  }
}

let wake = () => {};
const awake = () => new Promise((done) => (wake = done));
for (const sign of ["online", "workbin:try"]) window.addEventListener(sign, () => wake());

export function stopListening() {
  current?.abort();
  current = null;
}
