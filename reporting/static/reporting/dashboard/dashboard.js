// Shows the picture that came with the page, then a new one every few seconds while anyone looks.
import { showCharts, repaint } from "./charts.js";
import { icon, make, say, set } from "./dom.js";
import { time, zone } from "./format.js";
import { showAgents, showOldest } from "./people.js";
import { showAlarms, showQueues, showTiles } from "./queues.js";

const AGAIN_AFTER = 10000, TOO_LONG = 15000, BEHIND = 60000; // ms
const byId = (id) => document.getElementById(`wbd-${id}`);
const first = JSON.parse(byId("picture").textContent);
const { source, interactions, shapes } = first;
const USUAL = { range: "4h", queue: "", agents: "load" };

const page = { interactions, lists: first.lists, alarms: first.alarm_list, asked: asked(), address };
let picture = first, timer = null, request = null, isPaused = false, failedAt = null;

function asked() {
  const given = new URLSearchParams(location.search);
  return { range: first.range, queue: given.get("queue") && first.queue ? first.queue : "", agents: first.order };
}

function query(changes = {}) {
  const wanted = Object.entries({ ...page.asked, ...changes }).filter(([name, value]) => value !== USUAL[name]);
  return new URLSearchParams(wanted).toString();
}

function address(changes) {
  return `?${query(changes)}`;
}

function show() {
  say(byId("at"), `${time(picture.at)} ${zone().split(" ")[0]}`);
  set(byId("at"), "datetime", picture.at);
  say(byId("about"), page.asked.queue ? `Queue ${page.asked.queue}` : "All queues and workbins");
  showBehind();
  byId("all").hidden = !page.asked.queue;
  showAlarms(page, picture.alarms);
  showTiles(page, picture.tiles);
  showQueues(page, picture);
  showCharts(shapes, picture);
  showAgents(page, picture);
  showOldest(page, picture.oldest);
  for (const link of document.querySelectorAll("[data-csv]")) {
    set(link, "href", `${source.replace(/data$/, link.dataset.csv)}.csv?${query()}`);
  }
  for (const link of document.querySelectorAll("[data-range]")) {
    set(link, "href", address({ range: link.dataset.range }));
    set(link, "aria-current", link.dataset.range === page.asked.range ? "true" : null);
  }
}

// The present is exact all the same.
function showBehind() {
  const until = picture.counted_until, note = byId("behind");
  note.hidden = !until || new Date(picture.at) - new Date(until) < BEHIND;
  if (!note.hidden) say(note, `What happened after ${time(until)} is not in the figures of the range and the charts yet: are workers and beat running?`);
}

function tell(words) {
  const trouble = byId("trouble");
  trouble.hidden = !words;
  say(trouble, words);
}

async function ask() {
  clearTimeout(timer);
  request?.abort();
  const own = (request = new AbortController());
  const limit = setTimeout(() => own.abort(), TOO_LONG);
  const answer = await fetch(`${source}?${query()}`, { signal: own.signal }).then(read).catch(() => "away");
  clearTimeout(limit);
  if (own !== request) return; // another one was asked meanwhile
  request = null;
  if (typeof answer === "string") fail(answer);
  else {
    failedAt = null;
    tell("");
    picture = answer;
    show();
  }
  plan();
}

async function read(answer) {
  if (answer.redirected || answer.status === 403) return "out";
  return answer.ok ? answer.json() : "away";
}

function fail(how) {
  failedAt ??= new Date();
  const since = `What is shown is as of ${time(picture.at)}.`;
  tell(how === "out" ? `You are logged out, or may not see this any more: reload the page. ${since}`
    : `The server cannot be reached since ${time(failedAt)}. ${since} Trying again every 10 s.`);
}

function plan() {
  clearTimeout(timer);
  if (!isPaused && !document.hidden) timer = setTimeout(ask, AGAIN_AFTER);
}

function choose(changes) {
  Object.assign(page.asked, changes);
  history.pushState(page.asked, "", address());
  ask();
}

function pause() {
  isPaused = !isPaused;
  const button = byId("pause");
  set(button, "aria-pressed", isPaused);
  button.replaceChildren(icon(isPaused ? "play_arrow" : "pause"), make("span", {}, isPaused ? "Go on" : "Pause"));
  if (isPaused) plan();
  else ask();
}

function onClick(event) {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  const link = event.target.closest("[data-range], a[data-queue], [data-order] button");
  if (!link) return;
  event.preventDefault();
  const { range, queue } = link.dataset;
  if (range) choose({ range });
  else if (queue) choose({ queue: queue === page.asked.queue ? "" : queue });
  else choose({ agents: link.parentNode.dataset.order });
}

byId("zone").textContent = zone();
document.getElementById("wbd").addEventListener("click", onClick);
document.getElementById("wbd").addEventListener("toggle", () => showCharts(shapes, picture), true);
byId("queue").addEventListener("change", (event) => choose({ queue: event.target.value }));
byId("all").addEventListener("click", () => choose({ queue: "" }));
byId("pause").addEventListener("click", pause);
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && !isPaused) ask();
  else plan();
});
window.addEventListener("popstate", () => {
  const given = new URLSearchParams(location.search);
  for (const name of Object.keys(USUAL)) page.asked[name] = given.get(name) ?? USUAL[name];
  ask();
});
new MutationObserver(repaint).observe(document.documentElement, { attributes: true, attributeFilter: ["class"] });
show();
plan();
