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

// Nodes stay where nothing changed, so that nothing jumps. What is gone is dimmed first, and leaves the next time.
export function arrange(table, ids, fetched) {
  for (const row of table.querySelectorAll(".wb-gone")) row.remove();
  const shown = rowsOf(table), wanted = new Set(ids);
  for (const [id, row] of shown) if (!wanted.has(id)) leave(row);
  let next = table.tBodies[0] ?? null;
  for (const id of ids) {
    while (next?.classList.contains("wb-gone")) next = next.nextElementSibling;
    const row = renewed(shown.get(id), fetched.get(id));
    if (!row) continue; // it has left the list since
    if (row === next) next = next.nextElementSibling;
    else table.insertBefore(row, next);
  }
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
