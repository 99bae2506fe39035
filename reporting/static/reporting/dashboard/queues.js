// The table of queues, and the tiles and alarms above it.
import { number, since, span } from "./format.js";
import { fillTable, icon, make, say, set, sync } from "./dom.js";

const STATES = { ok: ["check_circle", "OK"], look: ["error", "Look"], bad: ["warning", "Trouble"] };
const MOST_ALARMS = 3;
const MOST_QUEUES = 25; // the worst, until all are asked for: charts and agents stand below them
const [WIDTH, HEIGHT] = [110, 28];

function showState(badge, state) {
  const [sign, word] = STATES[state];
  if (badge.dataset.state === state) return;
  badge.dataset.state = state;
  badge.className = `wbd-state wbd-${state}`;
  badge.replaceChildren(icon(sign), word);
}

export function showTiles(page, tiles) {
  const list = document.getElementById("wbd-tiles");
  const create = () => make("li", { class: "wbd-tile" },
    make("a", { class: "wbd-tile-title" }), make("strong"), make("span", { class: "wbd-state" }),
    make("span", { class: "wbd-why" }));
  sync(list, tiles, (tile) => tile.name, create, (item, tile) => {
    const [title, value, badge, why] = item.children;
    say(title, tile.title);
    set(title, "href", page.lists[tile.name] ?? null);
    showState(badge, tile.state);
    say(value, tile.unit === "seconds" ? span(tile.value) : number(tile.value));
    say(why, tile.since ? `${tile.why} since ${since(tile.since).split(", ")[1]}` : tile.why);
    set(item, "class", `wbd-tile wbd-tile-${tile.state}`);
  });
}

// The newest, and how many more there are.
export function showAlarms(page, alarms) {
  const list = document.getElementById("wbd-alarms");
  list.hidden = alarms.length === 0;
  const rest = alarms.length - MOST_ALARMS;
  const more = { id: "more", name: `${rest} more`, text: "", raised_at: null };
  const shown = rest > 0 ? [...alarms.slice(0, MOST_ALARMS), more] : alarms;
  const create = () => make("li", {}, icon("notifications_active"), make("a"), make("span"),
    make("span", { class: "wbd-note" }));
  sync(list, shown, (alarm) => alarm.id, create, (item, alarm) => {
    const [, name, text, when] = item.children;
    say(name, alarm.name);
    set(name, "href", page.alarms && (alarm.id === "more" ? page.alarms : `${page.alarms}${alarm.id}/change/`));
    say(text, alarm.text);
    say(when, alarm.raised_at ? `since ${since(alarm.raised_at)}` : "");
  });
}

const SVG = "http://www.w3.org/2000/svg";

function spark() {
  const svg = document.createElementNS(SVG, "svg");
  set(svg, "viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
  set(svg, "class", "wbd-spark");
  set(svg, "role", "img");
  svg.append(document.createElementNS(SVG, "path"), document.createElementNS(SVG, "polyline"));
  return svg;
}

function showSpark(svg, points) {
  const most = Math.max(1, ...points), step = (WIDTH - 4) / Math.max(1, points.length - 1);
  const at = points.map((value, index) => {
    const y = HEIGHT - 3 - (Math.max(0, value) / most) * (HEIGHT - 6);
    return `${(2 + index * step).toFixed(1)},${y.toFixed(1)}`;
  });
  const [area, line] = svg.children;
  set(line, "points", at.join(" "));
  set(area, "d", at.length ? `M2,${HEIGHT - 3}L${at.join("L")}L${WIDTH - 2},${HEIGHT - 3}Z` : "");
  const words = points.length ? `from ${points[0]} to ${points.at(-1)}, at most ${Math.max(...points)}` : "none";
  set(svg, "aria-label", `Waiting over time: ${words}`);
}

function plain(label, name, write = number) {
  return { label, style: "wbd-number", fill: (cell, queue) => say(cell, write(queue[name])) };
}

// A number that leads to the list of what it counts.
function listed(page, label, name, terms, write = number) {
  return {
    label,
    style: "wbd-number",
    create: () => [make("a")],
    fill(cell, queue) {
      const link = cell.firstChild;
      say(link, write(queue[name]));
      set(link, "href", page.interactions && queue[name] ? `${queue.list}&${terms}` : null);
      set(link, "title", page.interactions && queue[name] ? `${label}: ${queue.queue}` : null);
    },
  };
}

const columns = (page) => [
  {
    label: "Queue",
    style: "wbd-name",
    create: () => [
      make("div", { class: "wbd-head" }, make("span", { class: "wbd-state" }), make("a", { class: "wb-link", "data-queue": "" }),
        make("a", { class: "wbd-list" }, icon("list"))),
      make("div", { class: "wbd-verdict" }),
    ],
    fill(cell, queue) {
      const [head, verdict] = cell.children, [badge, name, list] = head.children;
      showState(badge, queue.state);
      say(name, queue.queue);
      set(name, "href", page.address({ queue: queue.queue }));
      set(name, "title", queue.description ? `${queue.queue}: ${queue.description}` : queue.queue);
      set(name, "data-queue", queue.queue);
      set(name, "aria-current", queue.queue === page.asked.queue ? "true" : null);
      list.hidden = !page.interactions;
      set(list, "href", queue.list);
      set(list, "title", `Interactions of ${queue.queue}`);
      set(list, "aria-label", `Interactions of ${queue.queue}`);
      say(verdict, queue.verdict);
      set(cell.parentNode, "class", `wbd-row-${queue.state}`);
    },
  },
  listed(page, "Waiting", "waiting", "state__exact=queued"),
  listed(page, "Oldest", "oldest_seconds", "waits=0", span),
  listed(page, "Held", "held", "state__exact=handling"),
  plain("Pulled", "pulled"),
  plain("Done", "completed"),
  plain("Revoked", "revoked"),
  {
    label: "p50 / p90 wait",
    style: "wbd-number",
    create: () => [make("span"), make("span", { class: "wbd-second" })],
    fill(cell, queue) {
      say(cell.children[0], span(queue.p50));
      say(cell.children[1], queue.p90 === null ? "" : span(queue.p90));
    },
  },
  {
    label: "In time",
    style: "wbd-level",
    create: () => [make("span"), make("div", { class: "wbd-gauge", "aria-hidden": "true" }, make("i"), make("b")),
      make("span", { class: "wbd-second" })],
    fill(cell, queue) {
      const [words, gauge, promise] = cell.children, { target } = queue;
      gauge.hidden = !target || queue.in_time === null;
      say(words, !target ? "no target" : queue.in_time === null ? "nothing pulled" : `${queue.in_time} %`);
      say(promise, target ? `${target.percent} % in ${span(target.seconds)}` : "");
      if (gauge.hidden) return;
      gauge.children[0].style.width = `${queue.in_time}%`;
      gauge.children[1].style.left = `${target.percent}%`;
      set(gauge, "class", `wbd-gauge ${queue.in_time < target.percent ? "wbd-missed" : ""}`);
    },
  },
  {
    label: "Waiting over time",
    style: "wbd-trend",
    create: () => [spark()],
    fill: (cell, queue) => showSpark(cell.firstChild, queue.trend),
  },
];

function showLines(page, queues) {
  const isShown = (queue, place) => page.isWhole || place < MOST_QUEUES || queue.queue === page.asked.queue;
  const shown = queues.filter(isShown), all = document.getElementById("wbd-queues-all");
  fillTable(document.querySelector(".wbd-queues"), columns(page), shown, (queue) => queue.queue);
  say(document.getElementById("wbd-queues-shown"), shown.length < queues.length ? `${shown.length} of ${number(queues.length)}` : "");
  all.hidden = queues.length <= MOST_QUEUES;
  say(all, page.isWhole ? "Show the worst" : "Show all");
  all.onclick = () => {
    page.isWhole = !page.isWhole;
    showLines(page, queues);
  };
}

export function showQueues(page, { queues, workbins }) {
  showLines(page, queues);
  const note = document.getElementById("wbd-workbins");
  note.hidden = !workbins.count;
  const bins = workbins.count === 1 ? "1 workbin" : `${number(workbins.count)} workbins`;
  say(note, `In ${bins} besides: ${number(workbins.waiting)} waiting, ${number(workbins.held)} held.`);
  const select = document.getElementById("wbd-queue");
  const names = ["", ...queues.map((queue) => queue.queue).sort()];
  sync(select, names, (name) => name, (name) => make("option", { value: name }), (option, name) => say(option, name || "all queues"));
  if (document.activeElement !== select) select.value = page.asked.queue;
}
