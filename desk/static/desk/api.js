// The REST API, with this session's token and without cookies. A lost reply is asked for again.
import { heard } from "./clock.js";
import { keep, read } from "./kept.js";

const BASE = new URL("../api/v1/", document.baseURI);
const PATIENCE = 15000, PAUSES = [400, 1200, 3000]; // ms
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
export const pause = (ms) => new Promise((done) => setTimeout(done, ms));

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

const isPassing = (answer) => [502, 503, 504].includes(answer.status);

// The same request again, under the same key: done once, however often it is sent.
async function insist(method, path, given) {
  for (const wait of [...PAUSES, null]) {
    const sent = Date.now();
    try {
      const answer = await send(method, path, given);
      if (!isPassing(answer) || wait === null) return [answer, sent];
    } catch (error) {
      if (given.signal?.aborted) throw error;
      told.lost();
      if (wait === null || !given.again) throw new Unreachable(String(error));
    }
    await pause(wait);
  }
}

export async function ask(method, path, body, { again = true, ...given } = {}) {
  const key = method === "POST" && again ? crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}` : undefined;
  const [answer, sent] = await insist(method, path, { ...given, body, key, again });
  const found = answer.status === 204 ? {} : await answer.json().catch(() => ({}));
  if (isPassing(answer)) throw new Unreachable(found.title ?? "");
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
