// The log-in: who, and at which place. It says why one is here again.
import { Problem, Unreachable } from "./api.js";
import { byId, say } from "./dom.js";
import { preference } from "./kept.js";
import { wordsFor } from "./notices.js";
import { logIn, whyOut } from "./session.js";
import { state } from "./store.js";
import { has, t } from "./words.js";

let isBusy = false, wasIn = true;

function wordsOf(error) {
  if (error instanceof Unreachable) return t("login.unreachable");
  if (!(error instanceof Problem)) return wordsFor(error);
  if (error.body.errors?.place) return t("login.place.unknown");
  return has(`login.${error.status}`) ? t(`login.${error.status}`) : wordsFor(error);
}

function complain(words) {
  say(byId("login-trouble"), words);
  byId("login-trouble").hidden = words === "";
}

async function submit(event) {
  event.preventDefault();
  if (isBusy) return;
  isBusy = true;
  complain("");
  byId("login-go").disabled = true;
  const of = (id) => byId(id).value.trim();
  try {
    await logIn(of("username"), byId("password").value, of("place"));
    byId("password").value = "";
  } catch (error) {
    complain(wordsOf(error));
    byId(error.body?.errors?.place ? "place" : "password").focus();
    if (!(error instanceof Problem || error instanceof Unreachable)) console.error(error);
  } finally {
    isBusy = false;
    byId("login-go").disabled = false;
  }
}

export function showLogIn() {
  const isIn = state.me !== null;
  byId("login").hidden = isIn;
  byId("desk").hidden = !isIn;
  if (isIn !== wasIn) {
    document.title = t("desk");
    if (isIn) byId("next").focus();
    else {
      complain(whyOut() ?? "");
      byId(byId("username").value ? "password" : "username").focus();
    }
  }
  wasIn = isIn;
}

export function bindLogIn() {
  byId("place").value = preference("place") ?? "";
  byId("login-form").addEventListener("submit", submit);
}
