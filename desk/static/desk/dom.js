// Parts that the desk's pages are made of, beside those of all pages.
import { make } from "../interactions/dom.js";

export * from "../interactions/dom.js";

const SVG = "http://www.w3.org/2000/svg";

export const byId = (id) => document.getElementById(id);

export function draw(tag, given = {}, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(given)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

// One of the symbols that came with the page.
export function icon(name) {
  return draw("svg", { class: "icon", "aria-hidden": "true" }, draw("use", { href: `#i-${name}` }));
}

export function button(words, { symbol = null, kind = "", keys = null, act, ...given }) {
  return make("button", { type: "button", class: `button ${kind}`, onclick: act, "aria-keyshortcuts": keys, ...given },
    symbol && icon(symbol), make("span", {}, words), keys && make("kbd", { "aria-hidden": "true" }, keys));
}
