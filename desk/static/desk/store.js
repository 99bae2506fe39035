// What is known, and who shows it. Whoever changes it says so; all views then look again, once.
import { keep, read } from "./kept.js";

export const state = {
  me: null, // agent and session, while logged in
  held: new Map(), // my interactions, by id
  gone: new Map(), // those that were mine a moment ago, until they are put away: {interaction, reason, ...}
  hasLists: false, // of queues and workbins, as the server tells them
  queues: [],
  workbins: [],
  types: new Map(), // display names of workbin types
  contents: new Map(), // of the workbins shown: {items, more}
  shown: new Set(), // ids of workbins whose content is listed
  looked: null, // an interaction that is looked at without holding it
  selected: null, // id
  waiting: null, // {queue} while waiting for the next
  lostAt: null, // since when the server cannot be reached
};

const views = [];
let isPlanned = false;

export function watch(view) {
  views.push(view);
}

export function changed() {
  if (isPlanned) return;
  isPlanned = true;
  queueMicrotask(() => {
    isPlanned = false;
    if (state.me) remember();
    look();
  });
}

// Time alone has passed.
export function look() {
  for (const view of views) view();
}

function remember() {
  keep("held", [...state.held.values()]);
  keep("gone", [...state.gone.values()].slice(-10));
  keep("shown", [...state.shown]);
  keep("selected", state.selected);
}

// After a reload all is there at once; the server then says what has changed.
export function restore() {
  for (const one of read("held", [])) state.held.set(one.id, one);
  for (const one of read("gone", [])) state.gone.set(one.interaction.id, one);
  state.shown = new Set(read("shown", []));
  state.selected = read("selected");
}

export function forget() {
  for (const each of [state.held, state.gone, state.contents, state.shown]) each.clear();
  Object.assign(state, { me: null, hasLists: false, queues: [], workbins: [], looked: null, selected: null, waiting: null, lostAt: null });
  for (const key of ["held", "gone", "shown", "selected", "cursor", "token", "me"]) keep(key, null);
}

// What the agent looks at: held, just lost, or only looked at.
export function current() {
  const id = state.selected;
  const lost = state.gone.get(id) ?? null;
  const looked = state.looked?.id === id ? state.looked : null;
  const interaction = state.held.get(id) ?? lost?.interaction ?? looked;
  return interaction ? { interaction, lost, isHeld: state.held.has(id) } : null;
}
