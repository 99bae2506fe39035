// The agent's events as they come: read on from the last one after any break, so none is missed. They are
// received only, which resets no timer. Where no stream comes through, they are asked for page by page instead.
import { Unreachable, pause, send } from "./api.js";
import { keep, read } from "./kept.js";

const PAUSES = [0, 500, 1000, 2000, 4000, 8000]; // ms, the last one again and again
const QUIET = 40000, FIRST = 6000; // ms without a sign of life; there is one at once, and every 15 s
const LASTING = 2000; // ms after which a connection has been one
const PAGES = 15; // before a stream is tried again: about five minutes
const PAGE_SECONDS = 20;
let current = null;

class Expired extends Error {}

async function open(path, given) {
  const answer = await send("GET", path, { patience: 0, ...given });
  if (answer.status === 410) throw new Expired();
  if (!answer.ok) throw new Unreachable(String(answer.status));
  return answer;
}

// A break in the air is seen because nothing comes any more, or because the browser knows.
function watchdog() {
  const own = new AbortController(), cut = () => own.abort();
  let timer = setTimeout(cut, FIRST);
  window.addEventListener("offline", cut);
  return {
    signal: own.signal,
    fed: () => (clearTimeout(timer), (timer = setTimeout(cut, QUIET))),
    end: () => (clearTimeout(timer), window.removeEventListener("offline", cut)),
  };
}

function pieceOf(text, told) {
  const of = (name) => text.split("\n").filter((line) => line.startsWith(`${name}: `)).map((line) => line.slice(name.length + 2));
  const data = of("data").join("\n");
  if (data) told.event(JSON.parse(data));
  const [cursor] = of("id");
  if (cursor) keep("cursor", cursor);
}

async function readStream(told, signal) {
  const dog = watchdog(), cursor = read("cursor");
  const headers = cursor ? { "Last-Event-ID": cursor } : {};
  let text = "";
  try {
    const answer = await open("events/stream", { headers, signal: AbortSignal.any([signal, dog.signal]) });
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
  const asked = new URLSearchParams(cursor ? { after: cursor, wait_seconds: PAGE_SECONDS } : {});
  const answer = await open(`events?${asked}`, { signal, patience: QUIET });
  told.open();
  const page = await answer.json();
  for (const event of page.events) told.event(event);
  keep("cursor", page.cursor);
}

// Where no stream opens, a page shows whether the server is there: if so, some more are asked for.
// told: {event(event), open(), broken(), expired()}
export async function listen(told) {
  stopListening();
  const own = (current = new AbortController());
  for (let breaks = 0, pages = 0, isServed = false; !own.signal.aborted; breaks += 1) {
    let openedAt = Infinity;
    const open = () => ((openedAt = Date.now()), told.open());
    try {
      await (pages ? readPage : readStream)({ ...told, open }, own.signal);
      if (pages) breaks = 0;
      [isServed, pages] = [pages > 0, Math.max(0, pages - 1)];
    } catch (error) {
      if (own.signal.aborted) return;
      if (error instanceof Expired) {
        keep("cursor", null);
        told.expired();
      } else if (pages) told.broken();
      const isShut = !pages && openedAt === Infinity;
      [isServed, pages] = [isShut && isServed, !isShut ? 0 : isServed ? PAGES : 1];
    }
    if (Date.now() - openedAt > LASTING) breaks = 0;
    await pause(PAUSES[Math.min(breaks, PAUSES.length - 1)]);
  }
}

export function stopListening() {
  current?.abort();
  current = null;
}
