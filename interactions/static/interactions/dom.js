// Pages are changed where something changed: what is open, focused or scrolled stays so. For all pages of ours.

// given: attributes, listeners as `onclick`, and `class`. What is null is left out, and so are false ones.
export function make(tag, given = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (name === "class") node.className = value;
    else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "draggable") node.draggable = value;
    else if (value !== null && value !== false) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null));
  return node;
}

// Text is only ever text: whatever people or programs called their things, it is no markup.
export function say(node, text) {
  const words = String(text), { firstChild } = node;
  if (node.textContent === words) return;
  if (firstChild instanceof Text && node.childNodes.length === 1) firstChild.data = words; // a new node costs more
  else node.textContent = words;
}

export function set(node, name, value) {
  if (value === null) node.removeAttribute(name);
  else if (node.getAttribute(name) !== String(value)) node.setAttribute(name, value);
}

// A node per item, found again by its key and kept. Those that are left over go first: nothing else has to move.
export function sync(parent, items, keyOf, create, fill) {
  const focused = document.activeElement;
  const known = new Map([...parent.children].map((node) => [node.dataset.key, node]));
  const keys = items.map((item) => String(keyOf(item))), wanted = new Set(keys);
  known.forEach((node, key) => wanted.has(key) || node.remove());
  items.forEach((item, index) => {
    const key = keys[index], node = known.get(key) ?? create(item);
    node.dataset.key = key;
    if (parent.children[index] !== node) parent.insertBefore(node, parent.children[index] ?? null);
    fill(node, item);
  });
  if (focused !== document.activeElement && focused?.isConnected) focused.focus({ preventScroll: true });
}
