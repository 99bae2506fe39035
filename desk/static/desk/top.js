// The top line: who I am, the connection, light or dark; and the tab's title, for those who look elsewhere.
import { isSoon, left } from "./clock.js";
import { byId, say, set } from "./dom.js";
import { span, time } from "./format.js";
import { preference } from "./kept.js";
import { state } from "./store.js";
import { t } from "./words.js";

const isDark = () => {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
};

export function showTop() {
  const { agent, session } = state.me;
  say(byId("who"), session.place ? t("who.at", { name: agent.username, place: session.place }) : agent.username);
  byId("trouble").hidden = state.lostAt === null;
  if (state.lostAt !== null) say(byId("trouble-words"), t("lost", { at: time(state.lostAt) }));
  const ending = [...state.held.values()].filter(({ party }) => isSoon(party) && left(party) > 0);
  const first = ending.sort((a, b) => left(a.party) - left(b.party))[0];
  const number = state.held.size ? `(${state.held.size}) ` : "";
  document.title = first ? t("title.soon", { left: span(left(first.party)) }) : `${number}${t("desk")}`;
}

function showTheme() {
  set(byId("theme"), "aria-label", t(isDark() ? "theme.light" : "theme.dark"));
  set(byId("theme").querySelector("use"), "href", isDark() ? "#i-sun" : "#i-moon");
}

export function bindTop() {
  byId("theme").addEventListener("click", () => {
    const chosen = isDark() ? "light" : "dark";
    document.documentElement.dataset.theme = chosen;
    preference("theme", chosen);
    showTheme();
  });
  byId("try").addEventListener("click", () => window.dispatchEvent(new Event("workbin:try")));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", showTheme);
  showTheme();
}
