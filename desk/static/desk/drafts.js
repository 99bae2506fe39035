// Notes that are written and not sent yet, by interaction. They outlive a reload, a revocation and a log-out.
import { keep, read } from "./kept.js";
import { textOf } from "./titles.js";

const drafts = read("drafts", {});

export const draftOf = (id) => drafts[id] ?? null;

export function writeDraft(interaction, text) {
  if (text === textOf(interaction.user_data.note)) delete drafts[interaction.id];
  else drafts[interaction.id] = text;
  keep("drafts", drafts);
}

export function dropDraft(id) {
  delete drafts[id];
  keep("drafts", drafts);
}
