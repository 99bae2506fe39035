// Pages are changed where something changed: what is open, focused or scrolled stays so.
export function make(tag, given = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (name === "class") node.className = value;
    else node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

// Text is only ever text: whatever people or programs called their things, it is no markup.
export function say(node, text) {
  const words = String(text);
  if (node.textContent !== words) node.textContent = words;
}

export function set(node, name, value) {
  if (value === null) node.removeAttribute(name);
  else if (node.getAttribute(name) !== String(value)) node.setAttribute(name, value);
}

export const icon = (name) => make("span", { class: "material-symbols-outlined", "aria-hidden": "true" }, name);

// A node per item, found again by its key and kept.
export function sync(parent, items, keyOf, create, fill) {
  const focused = document.activeElement;
  const known = new Map([...parent.children].map((node) => [node.dataset.key, node]));
  items.forEach((item, index) => {
    const key = String(keyOf(item));
    const node = known.get(key) ?? create(item);
    node.dataset.key = key;
    known.delete(key);
    if (parent.children[index] !== node) parent.insertBefore(node, parent.children[index] ?? null);
    fill(node, item);
  });
  known.forEach((node) => node.remove());
  if (focused !== document.activeElement && focused?.isConnected) focused.focus({ preventScroll: true });
}

// Rows of a table: each column creates its cell once and fills it each time.
export function fillTable(table, columns, rows, keyOf) {
  const create = () => {
    const row = make("tr", { role: "row" });
    columns.forEach(({ label, style = "", create: build = () => [] }, index) => {
      const given = index === 0 ? { scope: "row", role: "rowheader" } : { role: "cell" };
      row.append(make(index === 0 ? "th" : "td", { ...given, class: style, "data-label": label }, ...build()));
    });
    return row;
  };
  const fill = (row, item) => columns.forEach(({ fill: write }, index) => write(row.children[index], item));
  sync(table.tBodies[0], rows, keyOf, create, fill);
  let none = table.nextElementSibling;
  if (!none?.classList.contains("wbd-empty")) {
    none = make("p", { class: "wbd-empty" }, table.dataset.none);
    table.after(none);
  }
  none.hidden = rows.length > 0;
  table.hidden = rows.length === 0;
}
