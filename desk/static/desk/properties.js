// All that is known of an interaction beside its mail, and the form that changes it.
import { button, make, say, sync } from "./dom.js";
import { exactly } from "./format.js";
import { change } from "./holding.js";
import { attempt, tell } from "./notices.js";
import { state } from "./store.js";
import { isMail } from "./titles.js";
import { has, t } from "./words.js";

const OF_MAIL = ["subject", "from", "to", "cc", "text", "attachments"]; // shown as a mail
const HIGHEST = 2147483647; // priority
const INSTANTS = ["received_at", "submitted_at", "placed_in_queue_at"];
const plain = (value) => (typeof value === "string" ? value : JSON.stringify(value, null, 1));
const isListOfWords = (value) => Array.isArray(value) && value.every((each) => typeof each === "string");
const shown = (value) => (isListOfWords(value) ? value.join("\n") : plain(value));
const nameOf = (key) => (has(`property.${key}`) ? t(`property.${key}`) : key);

function rowsOf(one) {
  const hidden = isMail(one) ? [...OF_MAIL, "note"] : ["note"];
  const own = Object.entries(one.user_data).filter(([key, value]) => !hidden.includes(key) && !isEmpty(value));
  const instants = INSTANTS.filter((key) => one[key]).map((key) => [key, exactly(one[key])]);
  return [...own, ...instants, ...(one.external_id ? [["external_id", one.external_id]] : [])];
}

const isEmpty = (value) => value === null || value === "" || (Array.isArray(value) && !value.length);

function field(id, label, input) {
  return make("p", { class: "field" }, make("label", { for: id }, label), input);
}

// `12`, `true` and `{"a": 1}` are what they look like; everything else is text.
function valueOf(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function makeForm(id) {
  const priority = make("input", { id: "priority", type: "number", step: 1, min: -HIGHEST, max: HIGHEST, required: true });
  const subtype = make("input", { id: "subtype", maxlength: 100, autocomplete: "off" });
  const key = make("input", { id: "property-key", autocomplete: "off", list: "property-keys" });
  const value = make("input", { id: "property-value", autocomplete: "off", placeholder: t("change.hint") });
  const keys = make("datalist", { id: "property-keys" });
  const form = make("form", { class: "change" },
    field("priority", t("property.priority"), priority), field("subtype", t("property.interaction_subtype"), subtype),
    field("property-key", t("change.key"), key), field("property-value", t("change.value"), value), keys,
    button(t("change.save"), { kind: "small", type: "submit" }));
  key.addEventListener("change", () => {
    const known = state.held.get(id)?.user_data[key.value];
    if (known !== undefined && !value.value) value.value = plain(known);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(() => save(id, { priority, subtype, key, value }));
  });
  return { form, priority, subtype, keys };
}

async function save(id, { priority, subtype, key, value }) {
  const one = state.held.get(id), changes = {};
  if (Number(priority.value) !== one.priority) changes.priority = Number(priority.value);
  if (subtype.value !== one.interaction_subtype) changes.interaction_subtype = subtype.value;
  if (key.value.trim()) changes.user_data = { [key.value.trim()]: value.value === "" ? null : valueOf(value.value) };
  if (!Object.keys(changes).length) return;
  if (!(await change(id, changes))) return;
  key.value = value.value = "";
  tell(t("change.saved"));
}

export function makeProperties(one, isHeld) {
  const list = make("dl", { class: "properties" });
  const form = isHeld ? makeForm(one.id) : null;
  const node = make("details", { class: "more", open: !isMail(one) }, make("summary", {}, t("properties")), list);
  if (form) node.append(make("h3", {}, t("change")), form.form);
  return { node, list, form, seen: {} };
}

export function fillProperties({ list, form, seen }, one) {
  const create = () => make("div", {}, make("dt"), make("dd"));
  sync(list, rowsOf(one), ([key]) => key, create, (row, [key, value]) => {
    say(row.children[0], nameOf(key));
    say(row.children[1], shown(value));
  });
  if (!form) return;
  for (const [input, value] of [[form.priority, one.priority], [form.subtype, one.interaction_subtype ?? ""]]) {
    if (seen[input.id] !== value) input.value = value; // what is being typed stays until the server has another
    seen[input.id] = value;
  }
  const keys = Object.keys(one.user_data).filter((key) => !OF_MAIL.includes(key));
  sync(form.keys, keys, (key) => key, (key) => make("option", { value: key }), () => {});
}
