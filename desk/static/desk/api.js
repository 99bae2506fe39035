// The REST API, with this session's token and without cookies. A lost reply is asked for again.
import { heard } from "./clock.js";
import { keep, read } from "./kept.js";

const BASE = new URL("../api/v1/", document.baseURI);
const PATIENCE = 15000, PAUSES = [400, 1200, 3000, 5000]; // ms, the last one again and again
const INSISTING = 60000; // ms; later than that, nobody expects what was asked for
const SIGNS = ["online", "workbin:try", "workbin:found"];
const told = { reset: () => {}, out: () => {}, lost: () => {}, found: () => {} };
let token = read("token");

export class Problem extends Error {
  constructor(status, body) {
    super(body.detail ?? body.title ?? String(status));
    Object.assign(this, { status, body, code: body.code ?? "unknown", reason: body.reason });
  }
}
export class Unreachable extends Error {}

export const on = (hooks) => Object.assign(told, hooks);
export const hasToken = () => token !== null;

// Shorter where there is a sign that the server is back.
export const pause = (ms) => new Promise((done) => {
  const own = new AbortController();
  const over = () => (own.abort(), clearTimeout(timer), done());
  const timer = setTimeout(over, ms);
  for (const sign of SIGNS) window.addEventListener(sign, over, { signal: own.signal });
});

export function useToken(given) {
  token = given;
  keep("token", given);
}

export async function send(method, path, { body, key, signal, headers = {}, patience = PATIENCE } = {}) {
  const limit = patience ? AbortSignal.timeout(patience) : null;
  const all = [signal, limit].filter(Boolean);
  const own = { ...headers };
  if (token) own.Authorization = `Bearer ${token}`;
  if (body !== undefined) own["Content-Type"] = "application/json";
  if (key) own["Idempotency-Key"] = key;
  const used = token;
  const answer = await fetch(new URL(path, BASE), {
    method, headers: own, body: body === undefined ? undefined : JSON.stringify(body),
    credentials: "omit", cache: "no-store", signal: all.length ? AbortSignal.any(all) : undefined,
  });
  if (answer.status === 401 && used && used === token) told.out(await answer.clone().json().catch(() => ({})));
  return answer;
}

const isAway = (answer) => [502, 504].includes(answer.status); // says a proxy
const isPassing = (answer) => answer.status === 503 || isAway(answer);

// What breaks off in the middle has not arrived; what is whole but no JSON is not the server's.
async function bodyOf(answer) {
  const text = await answer.text();
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

async function sendOnce(method, path, given) {
  try {
    const answer = await send(method, path, given), found = await bodyOf(answer);
    if (isAway(answer)) told.lost();
    return { answer, found };
  } catch (error) {
    if (given.signal?.aborted) throw error;
    told.lost();
    return { answer: null };
  }
}

// The same request again, under the same key: done once, however often it is sent.
async function insist(method, path, given) {
  const giveUpAt = Date.now() + (given.again ? INSISTING : 0);
  for (let turn = 0; ; turn += 1) {
    const sent = Date.now();
    const { answer, found } = await sendOnce(method, path, given);
    if (answer && !isPassing(answer)) return { answer, found, sent };
    const isBusy = answer?.status === 503 && turn + 1 >= PAUSES.length;
    if (isBusy || sent >= giveUpAt) throw new Unreachable(method);
    await pause(PAUSES[Math.min(turn, PAUSES.length - 1)]);
  }
}

export async function ask(method, path, body, { again = true, ...given } = {}) {
  const key = method === "POST" && again ? crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}` : undefined;
  const { answer, found, sent } = await insist(method, path, { ...given, body, key, again });
  told.found();
  if (found.server_time) heard(found.server_time, sent, Date.now());
  if (answer.status !== 401) told.reset(sent);
  if (!answer.ok) throw new Problem(answer.status, found);
  return found;
}

export const get = (path, query = {}, given) => {
  const asked = new URLSearchParams(query).toString();
  return ask("GET", asked ? `${path}?${asked}` : path, undefined, given);
};
export const post = (path, body = {}, given) => ask("POST", path, body, given);
