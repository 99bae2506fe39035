// It was mine a moment ago: what happened, and where it is now.
import { button, icon, make } from "./dom.js";
import { draftOf } from "./drafts.js";
import { lasting, time } from "./format.js";
import { putAway } from "./holding.js";
import { attempt, tell } from "./notices.js";
import { move } from "./moving.js";
import { focusOpen } from "./opening.js";
import { state } from "./store.js";
import { placeName } from "./titles.js";
import { has, t } from "./words.js";

const STAYS = ["expired", "revoked", "capped", "logged_out", "session_expired"]; // where it stood

function whatHappened({ interaction, reason }) {
  const key = has(`gone.${reason}`) ? `gone.${reason}` : "gone.unknown";
  return t(key, { quiet: lasting(interaction.party?.handling_timeout ?? 0) });
}

function whereNow(lost) {
  if (lost.parkedIn) return t("gone.parked", { queue: lost.parkedIn });
  return STAYS.includes(lost.reason) ? t("gone.waits", { place: placeName(lost) }) : "";
}

async function copy(text) {
  await navigator.clipboard.writeText(text);
  tell(t("note.copied"));
}

export function goneBanner(lost) {
  const { interaction, at } = lost;
  const draft = draftOf(interaction.id);
  const acts = make("div", { class: "acts" });
  if (lost.workbin && STAYS.includes(lost.reason)) {
    const again = () => attempt(() => move({ ...interaction, workbin: lost.workbin }, { mine: true }));
    acts.append(button(t("act.again"), { symbol: "take", act: again }));
  }
  if (draft !== null && navigator.clipboard) {
    acts.append(button(t("note.copy"), { symbol: "copy", act: () => attempt(() => copy(draft)) }));
  }
  acts.append(button(t("act.away"), { kind: "first", act: () => (putAway(interaction.id), focusOpen()) }));
  const words = make("div", { class: "gone-words" }, make("strong", {}, whatHappened(lost)),
    make("p", {}, [whereNow(lost), draft === null ? "" : t("gone.draft")].filter(Boolean).join(" ")),
    make("p", { class: "small" }, t("gone.at", { at: time(at) })));
  return make("div", { class: "gone-banner", role: "alert" }, icon("gone"), words, acts);
}

// A note that was not sent goes away only with its own.
export const isPutAwayAtOnce = (id) => draftOf(id) === null;

export function putAllAway() {
  for (const id of [...state.gone.keys()].filter(isPutAwayAtOnce)) putAway(id);
}
