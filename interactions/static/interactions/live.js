// A list that renews itself while somebody looks: see interactions/admin/live.py. While something is ticked,
// it stands still, and only clocks go on: what is about to be told something must not move away.
import { badgesIn, begin, learn } from "./clock.js";
import { arrange, rowsOf, rowsIn } from "./rows.js";
import "./ticks.js";

const AGAIN_AFTER = 5000, TOO_LONG = 15000; // ms
const FETCHED = 100; // rows at once
const bar = document.querySelector("[data-live]");
const [words, button] = [bar.querySelector("[data-live-words]"), bar.querySelector("button")];
const marks = new Map();
let isPaused = false, timer = null, request = null;

const isTicked = () => document.querySelector(".action-select:checked") !== null;
const table = () => document.getElementById("result_list");

function tell(text, state = "") {
  if (words.textContent !== text) words.textContent = text;
  bar.dataset.state = state;
}

async function ask() {
  clearTimeout(timer);
  request?.abort();
  const own = (request = new AbortController());
  const limit = setTimeout(() => own.abort(), TOO_LONG);
  const said = await renew(own.signal).catch(() => ["The server cannot be reached; trying again", "away"]);
  clearTimeout(limit);
  if (own !== request) return; // another one was asked meanwhile, or it was paused
  request = null;
  tell(...said);
  plan();
}

async function read(address, signal) {
  const answer = await fetch(address, { signal });
  if (answer.redirected || answer.status === 403) throw location.reload();
  if (!answer.ok) throw answer.status;
  return answer;
}

async function renew(signal) {
  const { rows } = await (await read(bar.dataset.live + location.search, signal)).json();
  if (!table()) return rows.length ? location.reload() : ["Live: nothing here now"];
  const shown = rowsOf(table()), listed = new Set(rows.map(([id]) => String(id)));
  for (const [id, row] of shown) if (!listed.has(id)) badgesIn(row).forEach((badge) => learn(badge, null));
  for (const [id, , left] of rows) {
    if (left !== null && shown.has(String(id))) badgesIn(shown.get(String(id))).forEach((badge) => learn(badge, left));
  }
  if (isTicked()) return ["Stands still while something is ticked", "still"];
  const others = rows.filter(([id, mark]) => !shown.has(String(id)) || (marks.get(id) ?? mark) !== mark);
  const fetched = others.length ? await fetchRows(others.slice(0, FETCHED), signal) : new Map();
  if (isTicked()) return ["Stands still while something is ticked", "still"];
  const missing = new Set(others.slice(FETCHED).map(([id]) => id));
  for (const [id, mark] of rows) if (!missing.has(id)) marks.set(id, mark);
  for (const row of fetched.values()) begin(row);
  arrange(table(), rows.map(([id]) => String(id)), fetched);
  return [rows.length ? `Live: ${rows.length.toLocaleString("en-US")} on this page` : "Live: nothing here now"];
}

async function fetchRows(rows, signal) {
  const query = new URLSearchParams(location.search);
  query.delete("p");
  query.set("id__in", rows.map(([id]) => id).join(","));
  const page = await (await read(`${bar.dataset.live}rows/?${query}`, signal)).text();
  return rowsIn(new DOMParser().parseFromString(page, "text/html"));
}

function plan() {
  clearTimeout(timer);
  if (!isPaused && !document.hidden) timer = setTimeout(ask, AGAIN_AFTER);
}

button.addEventListener("click", () => {
  isPaused = !isPaused;
  button.setAttribute("aria-pressed", isPaused);
  button.textContent = isPaused ? "Go on" : "Pause";
  if (!isPaused) return ask();
  request?.abort();
  request = null;
  clearTimeout(timer);
  tell("Paused", "still");
});
document.addEventListener("visibilitychange", () => (document.hidden || isPaused ? plan() : ask()));
bar.hidden = false;
ask();
