// Short words at the edge, and to those who listen instead of looking.
import { Problem, Unreachable } from "./api.js";
import { byId, button, make } from "./dom.js";
import { has, t } from "./words.js";

const LASTS = 6000; // ms

export function announce(words) {
  const heard = byId("said");
  heard.textContent = "";
  setTimeout(() => (heard.textContent = words), 50); // the same words twice are heard twice
}

// Whoever is in another tab finds it when coming back.
function whileLookedAt(act) {
  if (document.hidden) document.addEventListener("visibilitychange", act, { once: true });
  else act();
}

export function tell(words, { isBad = false, action = null } = {}) {
  const notice = make("li", { class: isBad ? "notice bad" : "notice", onclick: () => notice.remove() }, make("span", {}, words));
  if (action) notice.append(button(action.words, { act: action.act }));
  for (const other of [...byId("notices").children]) if (other.firstChild.textContent === words) other.remove();
  byId("notices").append(notice);
  while (byId("notices").children.length > 3) byId("notices").firstChild.remove();
  whileLookedAt(() => setTimeout(() => notice.remove(), action || isBad ? 2 * LASTS : LASTS));
  announce(words);
}

export function wordsFor(error) {
  if (error instanceof Unreachable) return t("lost.act");
  if (!(error instanceof Problem)) return t("problem.unknown");
  const why = error.body.interactions?.[0]?.why;
  if (why && has(`problem.why.${why}`)) return t(`problem.why.${why}`);
  if (has(`problem.${error.code}`)) return t(`problem.${error.code}`);
  return Object.entries(error.body.errors ?? {}).map(wordsForField).join(" ") || error.message;
}

// The server tells what is wrong with a field in English; what people can do wrong here, the desk says itself.
function wordsForField([path, texts]) {
  const key = `problem.of.${path.split(".")[0]}`;
  return has(key) ? t(key) : texts.join(" ");
}

// What a person asked for and what came of it, if that was no good.
export async function attempt(act) {
  try {
    return await act();
  } catch (error) {
    if (error.name === "AbortError" || error.status === 401) return null;
    tell(wordsFor(error), { isBad: true });
    if (!(error instanceof Problem || error instanceof Unreachable)) console.error(error);
    return null;
  }
}
