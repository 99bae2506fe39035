// The others of the same thread, oldest first, each to be read where it stands.
import { get } from "./api.js";
import { icon, make } from "./dom.js";
import { moment } from "./format.js";
import { makeText } from "./mail.js";
import { whenWorking } from "./quiet.js";
import { personOf, placeName, textOf, titleOf } from "./titles.js";
import { t } from "./words.js";

const MOST = 50;

function entry(one, isThis) {
  const { user_data: data } = one;
  const where = one.state === "stopped" ? t("thread.done") : placeName(one);
  const line = [
    make("strong", {}, personOf(data.from).name || one.media_type),
    make("span", { class: "thread-title" }, titleOf(one)),
    make("span", { class: "small" }, isThis ? t("thread.this") : where),
    make("time", { datetime: one.received_at }, moment(one.received_at)),
  ];
  if (isThis) return make("li", { class: "this", "aria-current": "true" }, make("p", {}, ...line));
  const note = data.note ? make("p", { class: "thread-note" }, icon("note"), make("span", {}, textOf(data.note))) : null;
  return make("li", {}, make("details", {}, make("summary", {}, ...line), note, makeText(textOf(data.text))));
}

export function makeThread(one) {
  const list = make("ol", { class: "thread", "aria-labelledby": "thread-title" });
  const node = make("section", { class: "thread-of", hidden: true }, make("h3", { id: "thread-title" }), list);
  whenWorking("thread", async () => {
    const { results } = await get("interactions", { thread: one.id, limit: MOST });
    const all = results.sort((a, b) => Date.parse(a.received_at) - Date.parse(b.received_at) || a.id - b.id);
    if (all.length < 2) return;
    node.firstChild.textContent = t("thread", { count: all.length });
    list.replaceChildren(...all.map((each) => entry(each, each.id === one.id)));
    node.hidden = false;
  });
  return node;
}
