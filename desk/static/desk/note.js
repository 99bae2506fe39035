// The note at the foot of an interaction. What is written stays until it is sent, whatever happens.
import { button, make, say } from "./dom.js";
import { draftOf, writeDraft } from "./drafts.js";
import { saveNote } from "./holding.js";
import { attempt, tell } from "./notices.js";
import { state } from "./store.js";
import { textOf } from "./titles.js";
import { t } from "./words.js";

export const saveNow = (id) => attempt(async () => (await saveNote(id)) && tell(t("note.saved")));

export function makeNote(id, isHeld) {
  const area = make("textarea",
    { id: "note", rows: 2, placeholder: t("note.hint"), "aria-describedby": "note-state", readonly: !isHeld });
  const words = make("span", { id: "note-state", class: "small", role: "status" });
  const save = button(t("note.save"), { symbol: "note", kind: "small", keys: null, act: () => saveNow(id) });
  const label = make("label", { for: "note" }, t(isHeld ? "note" : "note.kept"));
  const node = make("div", { class: "note" }, make("div", { class: "note-head" }, label, words, isHeld ? save : null), area);
  const known = () => state.held.get(id) ?? state.gone.get(id)?.interaction;
  area.addEventListener("input", () => {
    writeDraft(known(), area.value);
    fill(known());
  });
  area.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) saveNow(id);
  });
  function fill(one) {
    const draft = draftOf(one.id), saved = textOf(one.user_data.note);
    if (area.value !== (draft ?? saved)) area.value = draft ?? saved;
    say(words, draft !== null ? t("note.unsaved") : saved ? t("note.is.saved") : "");
    save.disabled = draft === null;
  }
  const focus = (at) => (area.focus(), area.setSelectionRange(at, at));
  return { node, fill, focus };
}
