// A mail as one reads it: who to whom, when, the text with its quotes, the names of what is attached.
import { icon, make, say } from "./dom.js";
import { bytes, exactly } from "./format.js";
import { personOf, textOf } from "./titles.js";
import { t } from "./words.js";

const LINK = /https?:\/\/[^\s<>"]+[^\s<>"'.,;:!?)\]}]/g;
const QUOTED = /^\s*> ?/;
const FEW = 3; // receivers
const LONG_QUOTE = 6; // lines
const NARROW = 40, WIDE = 80; // signs: of a line on a phone, and of one that a writer's program has broken
const GOES_ON = /^\p{Ll}/u, MAY_GO_ON = /^[\p{L}"'(]/u, COLUMNS = /\S(\t| {3})/;

const bare = (address) => address.replace(/^\s*<([^<>]*)>\s*$/, "$1"); // of one without a name
const list = (value) => (Array.isArray(value) ? value : value ? [value] : []).map((each) => bare(textOf(each)));

export function makeMail({ user_data: data }) {
  const { name, mail } = personOf(data.from);
  const initial = (name.match(/[\p{L}\p{N}]/u)?.[0] ?? "?").toUpperCase();
  const face = make("span", { class: "face", "aria-hidden": "true" }, initial);
  const from = make("p", { class: "from" }, make("strong", {}, name), ...(mail && mail !== name ? [" ", make("span", {}, mail)] : []));
  const node = make("section", { class: "mail", "aria-label": t("mail") },
    make("div", { class: "mail-head" }, face, make("div", { class: "people" }, from, receivers(list(data.to), list(data.cc))), make("time", {})),
    makeText(textOf(data.text)), attachments(data.attachments));
  return { node, when: node.querySelector("time") };
}

// Of many the first are named at once.
function receivers(to, cc) {
  const all = [to.length ? t("mail.to", { to: to.join(", ") }) : t("mail.nobody"), cc.length && t("mail.cc", { cc: cc.join(", ") })];
  const whole = make("p", { class: "to" }, all.filter(Boolean).join(" · "));
  const others = to.length + cc.length - FEW;
  if (others < 2) return whole;
  const first = [...to, ...cc].slice(0, FEW).join(", ");
  return make("details", { class: "to" }, make("summary", {}, t("mail.to.many", { to: first, count: others })), whole);
}

export function fillMail({ when }, one) {
  say(when, exactly(one.received_at));
  if (when.dateTime !== one.received_at) when.dateTime = one.received_at;
}

// Lines of one kind together: what was written, what was quoted, and the signature.
function paragraphs(text) {
  const found = [];
  let isSigned = false;
  for (const line of text.split("\n")) {
    isSigned ||= line === "-- " || line === "--";
    const kind = isSigned ? "signature" : /^\s*(>|\|)/.test(line) ? "quote" : "said";
    if (found.at(-1)?.kind === kind) found.at(-1).lines.push(line);
    else found.push({ kind, lines: [line] });
  }
  return found;
}

export function makeText(text) {
  const node = make("div", { class: "text" });
  for (const { kind, lines } of paragraphs(text)) {
    const shown = kind === "quote" ? lines.map((line) => line.replace(QUOTED, "")) : lines; // its edge says so
    const block = make("div", { class: kind }, ...folded(shown));
    if (kind !== "quote" || lines.length <= LONG_QUOTE) node.append(block);
    else node.append(make("details", {}, make("summary", {}, t("mail.quote", { count: lines.length })), block));
  }
  return node;
}

// Where a line was broken for want of room it is broken again, but not on a page that has still less: see `.fold`.
function folded(lines) {
  const room = Math.max(0, ...lines.map(({ length }) => length).filter((length) => length <= WIDE));
  const parts = [];
  let run = "";
  lines.forEach((line, index) => {
    const next = lines[index + 1];
    run += line;
    if (next === undefined) parts.push(...linked(run));
    else if (isBroken(line, next, room)) {
      parts.push(...linked(`${run.trimEnd()} `), make("br", { class: "fold" }));
      run = "";
    } else run += "\n";
  });
  return parts;
}

function isBroken(line, next, room) {
  const { length } = line;
  if (length <= NARROW || length > WIDE || COLUMNS.test(line)) return false;
  const isFull = length + 1 + next.match(/^\S*/)[0].length > room;
  return GOES_ON.test(next) || (isFull && length > room * 0.7 && MAY_GO_ON.test(next));
}

// An address is shown as it is, and leads nowhere else.
function linked(text) {
  const parts = [];
  let from = 0;
  for (const { 0: address, index } of text.matchAll(LINK)) {
    parts.push(text.slice(from, index), make("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, address));
    from = index + address.length;
  }
  return [...parts, text.slice(from)];
}

function attachments(given) {
  const all = (Array.isArray(given) ? given : []).filter((one) => one && typeof one === "object");
  if (!all.length) return null;
  const about = ({ content_type: type, size }) =>
    [textOf(type), Number.isFinite(size) ? bytes(size) : ""].filter(Boolean).join(" · ");
  const items = all.map((one) => make("li", {}, icon("clip"),
    make("span", { class: "file" }, textOf(one.name) || t("mail.unnamed")), make("span", { class: "small" }, about(one))));
  return make("ul", { class: "attachments", "aria-label": t("mail.attachments") }, ...items);
}
