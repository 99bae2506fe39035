// How an interaction is called, and where it stands, in words.
import { state } from "./store.js";
import { t } from "./words.js";

// What stands where words belong may be anything: programs wrote it.
export const textOf = (value) => (typeof value === "string" ? value : value == null ? "" : JSON.stringify(value));

const LONGEST = 1000; // of an address: to take a longer one to pieces takes its time
const isText = (value) => typeof value === "string" && value.trim() !== "";

export const isMail = ({ user_data: data }) => isText(data.text) && (isText(data.from) || isText(data.subject));

export function titleOf({ id, external_id: name, user_data: data, media_type: media }) {
  return [data.subject, data.title, name].find(isText) ?? t("untitled", { media, id });
}

// `Ann Lee <ann@example.org>, …`, or of old `ann@example.org (Ann Lee)`
export function personOf(address) {
  const given = textOf(Array.isArray(address) ? address[0] : address).slice(0, LONGEST);
  const first = given.split(/,(?=[^,]*@)/)[0];
  const [, old, oldName] = first.match(/^\s*(\S+@\S+)\s+\(([^()]+)\)\s*$/) ?? [];
  if (old) return { name: oldName.trim() || old, mail: old };
  const [, name, mail] = first.match(/^\s*"?(.*?)"?\s*<([^>]*)>/) ?? [null, "", first.trim()];
  return { name: name || mail, mail };
}

export function nameOfWorkbin(workbin) {
  const known = state.types.get(workbin.type) || workbin.type;
  if (workbin.owner_kind === "agent" && workbin.owner === state.me?.agent.username) return t("workbin.mine", { type: known });
  return t("workbin.name", { type: known, owner: workbin.owner });
}

export function placeName({ queue, workbin }) {
  if (queue) return queue;
  const found = state.workbins.find(({ id }) => id === workbin);
  return found ? nameOfWorkbin(found) : t("workbin.some");
}
