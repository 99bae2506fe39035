// The table of agents, and that of the interactions that have waited longest.
import { decimal, number, since, span } from "./format.js";
import { fillTable, make, say, set } from "./dom.js";

const SOON = 0.25; // of the timeout

const plain = (label, name, write = number) => ({
  label, style: "wbd-number", fill: (cell, row) => say(cell, write(row[name])),
});

const bar = () => make("div", { class: "wbd-gauge", "aria-hidden": "true" }, make("i"));

function showBar(gauge, share, isWarning) {
  gauge.hidden = share === null;
  if (share === null) return;
  gauge.firstChild.style.width = `${Math.min(100, 100 * share)}%`;
  set(gauge, "class", `wbd-gauge ${isWarning ? "wbd-missed" : ""}`);
}

const agents = (page) => [
  {
    label: "Agent",
    style: "wbd-name",
    create: () => [make("a", { class: "wb-link" })],
    fill(cell, { agent }) {
      say(cell.firstChild, agent);
      const list = page.interactions && `${page.interactions}?${new URLSearchParams({ agent })}`;
      set(cell.firstChild, "href", list);
      set(cell.firstChild, "title", list ? `What ${agent} holds` : agent);
    },
  },
  { label: "State", fill: (cell, { state }) => say(cell, state) },
  {
    label: "Load",
    style: "wbd-level",
    create: () => [make("span"), bar()],
    fill(cell, { holds, capacity }) {
      say(cell.children[0], capacity === null ? number(holds) : `${number(holds)} of ${number(capacity)}`);
      showBar(cell.children[1], capacity ? holds / capacity : null, capacity && holds > capacity);
    },
  },
  {
    label: "Time left",
    style: "wbd-level",
    create: () => [make("span"), bar()],
    fill(cell, { seconds_left: left, timeout }) {
      const share = left === null || !timeout ? null : left / timeout;
      say(cell.children[0], left === 0 ? "overdue" : span(left));
      showBar(cell.children[1], share, share < SOON);
    },
  },
  plain("Pulled", "pulled"),
  plain("Done", "completed"),
  plain("Revoked", "revoked"),
  plain("Held on average", "held_on_average", decimal),
];

export function showAgents(page, picture) {
  const table = document.querySelector(".wbd-agents");
  fillTable(table, agents(page), picture.agents, (row) => row.agent);
  const [shown, all] = [picture.agents.length, picture.agents_in_all];
  say(document.getElementById("wbd-agents-shown"),
    shown < all ? `the first ${shown} of ${number(all)}` : all ? `${number(all)} logged in or holding` : "");
  for (const head of table.querySelectorAll("[data-order]")) {
    if (!head.querySelector("button")) {
      const text = head.textContent;
      head.replaceChildren(make("button", { type: "button", class: "wbd-sort" }, text));
    }
    const isIt = head.dataset.order === picture.order;
    const ascends = ["agent", "time_left"].includes(picture.order);
    set(head, "aria-sort", isIt ? (ascends ? "ascending" : "descending") : null);
  }
}

const oldest = (page) => [
  {
    label: "Interaction",
    style: "wbd-name",
    create: () => [make("a", { class: "wb-link" })],
    fill(cell, { interaction }) {
      say(cell.firstChild, interaction);
      set(cell.firstChild, "href", page.interactions && `${page.interactions}${interaction}/change/`);
    },
  },
  {
    label: "Subject",
    style: "wbd-subject",
    create: () => [make("span")],
    fill(cell, { subject, media_type: media }) {
      say(cell.firstChild, subject || media);
      set(cell.firstChild, "class", subject ? "" : "wbd-note");
      set(cell.firstChild, "title", subject || "no subject; its media type");
    },
  },
  {
    label: "Where",
    style: "wbd-where",
    create: () => [make("span")],
    fill(cell, { where }) {
      say(cell.firstChild, where);
      set(cell.firstChild, "title", where);
    },
  },
  plain("Waits", "waiting_seconds", span),
  { label: "Since", style: "wb-moment", fill: (cell, row) => say(cell, since(row.waiting_since)) },
  plain("Priority", "priority"),
  plain("Revoked", "revoked", (times) => (times ? `${times} ×` : "–")),
];

export function showOldest(page, rows) {
  fillTable(document.querySelector(".wbd-oldest"), oldest(page), rows, (row) => row.interaction);
}
