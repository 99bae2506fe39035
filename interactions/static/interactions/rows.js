// The rows of a list: each is a body of its own in the table, and known by the page that its first link opens.
const PAGE = /\/(\d+)\/change\//;

const idOf = (row) => row.querySelector("th a")?.getAttribute("href").match(PAGE)?.[1];

export function rowsOf(table) {
  return new Map([...table.tBodies].map((row) => [idOf(row), row]).filter(([id]) => id));
}

export function rowsIn(page) {
  const table = page.getElementById("result_list");
  return table ? rowsOf(table) : new Map();
}

// As few nodes as can be are moved, so that nothing jumps and what has the focus keeps it. What is gone is dimmed
// first, and leaves the next time.
export function arrange(table, ids, fetched) {
  for (const row of table.querySelectorAll(".wb-gone")) row.remove();
  const shown = rowsOf(table), wanted = new Set(ids);
  for (const [id, row] of shown) if (!wanted.has(id)) leave(row);
  const kept = staying(ids, new Map([...shown.keys()].map((id, place) => [id, place])));
  let last = table.tHead;
  for (const id of ids) {
    const row = renewed(shown.get(id), fetched.get(id));
    if (!row) continue; // it has left the list since
    if (!kept.has(id)) last ? last.after(row) : table.prepend(row);
    last = row;
  }
}

// The most that stand in the right order already.
function staying(ids, places) {
  const ends = [], before = new Map(); // ends: by how many stand before it, the foremost that such a run can end with
  for (const id of ids.filter((id) => places.has(id))) {
    let low = 0, high = ends.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (places.get(ends[middle]) < places.get(id)) low = middle + 1;
      else high = middle;
    }
    before.set(id, ends[low - 1]);
    ends[low] = id;
  }
  const kept = new Set();
  for (let id = ends.at(-1); id !== undefined; id = before.get(id)) kept.add(id);
  return kept;
}

// Nobody can tell it anything any more.
function leave(row) {
  row.classList.add("wb-gone");
  for (const tick of row.querySelectorAll("input.action-select")) tick.disabled = true;
}

// Whoever has the focus in a row keeps it; the row is renewed later.
function renewed(row, other) {
  if (!other || row?.contains(document.activeElement)) return row;
  other.classList.add("wb-new");
  row?.replaceWith(other);
  return other;
}
