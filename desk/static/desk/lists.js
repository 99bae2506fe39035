// The queues with their counts, the workbins, and what waits in those that are shown.
import { ask, get } from "./api.js";
import { whenWorking } from "./quiet.js";
import { changed, state } from "./store.js";

const AGAIN_AFTER = 10000, MOST = 200; // ms; interactions of one workbin at a time

let asked = 0, answered = 0; // readings of the lists, by when they were begun

export async function readLists() {
  const own = (asked += 1);
  const [queues, workbins] = await Promise.all([get("queues"), get("workbins")]);
  if (own < answered) return; // a later answer was quicker
  answered = own;
  state.queues = queues.queues;
  state.workbins = workbins.workbins;
  state.hasLists = true;
  for (const id of state.shown) if (!state.workbins.some((one) => one.id === id)) hide(id);
  changed();
}

export async function readTypes() {
  const { workbin_types: types } = await get("workbin-types");
  for (const { name, display_name: words } of types) state.types.set(name, words);
}

// {workbin, left, isOvertaken}, by when they were asked for: what is told to have left while its content is read,
// and whether what was asked for later has come already.
const reading = new Set();

// As many as are listed already, so that nothing is hidden again; at least a page.
export const readContent = (id) => readUpTo(id, state.contents.get(id)?.items.length ?? 0);

export const readMore = (id) => readUpTo(id, state.contents.get(id).items.length + 1);

async function readUpTo(workbin, number) {
  const own = { workbin, left: new Set(), isOvertaken: false }, items = [];
  let more = null;
  reading.add(own);
  try {
    do {
      const page = await get(`workbins/${workbin}/content`, { limit: MOST, ...(more ? { cursor: more } : {}) });
      items.push(...page.interactions);
      more = page.next;
    } while (more && items.length < number);
    for (const one of reading) {
      if (one === own) break;
      if (one.workbin === workbin) one.isOvertaken = true;
    }
  } finally {
    reading.delete(own);
  }
  if (own.isOvertaken) return readUpTo(workbin, number);
  if (state.shown.has(workbin)) state.contents.set(workbin, { items: items.filter(({ id }) => !own.left.has(id)), more });
  changed();
}

// One after the other: to hide and show again quickly must end with what was wanted last.
let last = Promise.resolve();
const inTurn = (act) => (last = last.then(act, act));

// Told of its changes from before its content is read, so that none is missed between the two.
export async function show(id) {
  state.shown.add(id);
  changed();
  await inTurn(() => ask("PUT", `workbins/${id}/subscription`));
  if (state.shown.has(id)) await readContent(id);
}

function hide(id) {
  state.shown.delete(id);
  state.contents.delete(id);
  changed();
}

export async function toggle(id) {
  if (!state.shown.has(id)) return show(id);
  hide(id);
  await inTurn(() => ask("DELETE", `workbins/${id}/subscription`));
}

// What left is gone from the list at once; to see what came, the server must be asked.
export function contentChanged({ workbin, operation, interaction }) {
  const content = state.contents.get(workbin);
  if (operation === "Removed") {
    for (const one of reading) if (one.workbin === workbin) one.left.add(interaction);
    if (content) content.items = content.items.filter(({ id }) => id !== interaction);
  } else if (state.shown.has(workbin)) whenWorking(`content ${workbin}`, () => readContent(workbin));
  refreshSoon();
  changed();
}

export function refreshSoon() {
  whenWorking("lists", readLists);
}

// Counts are fresh while the agent is looking for work, or is at it.
export function keepFresh() {
  setInterval(() => state.me && !document.hidden && state.lostAt === null && refreshSoon(), AGAIN_AFTER);
}
