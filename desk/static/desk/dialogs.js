// What is asked before something is done. Each is a form that Enter sends and Escape closes.
import { Problem } from "./api.js";
import { byId, button, make, say } from "./dom.js";
import { finish } from "./holding.js";
import { refreshSoon } from "./lists.js";
import { move } from "./moving.js";
import { attempt, wordsFor } from "./notices.js";
import { settle } from "./opening.js";
import { logOut } from "./session.js";
import { state } from "./store.js";
import { nameOfWorkbin, placeName, titleOf } from "./titles.js";
import { t } from "./words.js";

const MENDED_HERE = ["invalid", "place_not_found"]; // by typing something else

// parent: those about an interaction stand in it, so that typing there is work, too.
export function ask({ title, about = null, fields, act, word, parent = byId("work") }) {
  const before = document.activeElement;
  const heading = make("h2", { id: "dialog-title" }, title), refused = make("p", { class: "refused", role: "alert", hidden: true });
  const form = make("form", { method: "dialog" }, heading, about && make("p", { class: "small" }, about), refused, ...fields,
    make("div", { class: "acts" }, button(t(act ? "cancel" : "close"), { act: () => dialog.close() }),
      act && button(word, { kind: "first", type: "submit" })));
  const dialog = make("dialog", { "aria-labelledby": "dialog-title" }, form);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const given = new FormData(form);
    dialog.close();
    if (act) attempt(() => act(given).catch(openAgain));
  });
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (before?.isConnected) before.focus();
  });
  const open = () => ((parent.hidden ? document.body : parent).append(dialog), dialog.showModal());
  function openAgain(error) {
    if (!(error instanceof Problem && MENDED_HERE.includes(error.code))) throw error;
    open();
    refused.hidden = false;
    say(refused, wordsFor(error));
    form.querySelector("input:not([type=radio])")?.focus();
  }
  open();
  return dialog;
}

export function askFinish(id) {
  const given = { id: "reason", name: "reason", maxlength: 255, autocomplete: "off", placeholder: t("finish.hint") };
  const input = make("input", given);
  const act = async (given) => {
    await finish(id, given.get("reason").trim());
    refreshSoon();
    queueMicrotask(settle);
  };
  ask({ title: t("finish.title"), about: titleOf(state.held.get(id)), word: t("act.finish"), act,
    fields: [make("p", { class: "field" }, make("label", { for: "reason" }, t("finish.reason")), input)] });
  input.focus();
}

function choice(value, words, index) {
  const input = make("input", { type: "radio", name: "where", value, checked: index === 0 });
  return make("label", { class: "choice" }, input, make("span", {}, words));
}

function group(title, choices) {
  return choices.length ? make("fieldset", {}, make("legend", {}, title), ...choices) : null;
}

export function askMove(one) {
  const isHeld = state.held.has(one.id);
  const here = isHeld ? [["back", t("move.back", { place: placeName(one) })]] : [["mine", t("move.mine")]];
  const bins = state.workbins.filter(({ id }) => isHeld || id !== one.workbin)
    .map((bin) => [`workbin ${bin.id}`, nameOfWorkbin(bin)]);
  const queues = state.queues.map(({ name }) => [`queue ${name}`, name]);
  const other = make("input", { id: "other-queue", name: "other", autocomplete: "off", pattern: "[A-Za-z0-9._\\-]+" });
  const all = (pairs, from) => pairs.map(([value, words], index) => choice(value, words, from + index));
  const fields = [...all(here, 0), group(t("workbins"), all(bins, 1)), group(t("queues"), all(queues, 1)),
    make("p", { class: "field" }, make("label", { for: "other-queue" }, t("move.other")), other)];
  const act = (given) => {
    const [kind, name] = given.get("other") ? ["queue", given.get("other")] : given.get("where").split(" ");
    return move(one, kind === "queue" ? { queue: name } : kind === "workbin" ? { workbin: Number(name) } : { [kind]: true });
  };
  const dialog = ask({ title: t("move.title"), about: titleOf(one), word: t("act.move"), act, fields: fields.filter(Boolean) });
  dialog.querySelector("input").focus();
}

export function askLogOut() {
  if (!state.held.size) return attempt(logOut);
  const about = t("logout.holding", { count: state.held.size });
  ask({ title: t("logout"), about, word: t("logout"), act: logOut, fields: [], parent: document.body });
}
