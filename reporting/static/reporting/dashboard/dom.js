// Parts that the dashboard is made of, beside those of all pages.
import { make, sync } from "../../interactions/dom.js";

export * from "../../interactions/dom.js";

export const icon = (name) => make("span", { class: "material-symbols-outlined", "aria-hidden": "true" }, name);

// Rows of a table: each column creates its cell once and fills it each time.
export function fillTable(table, columns, rows, keyOf) {
  const create = () => {
    const row = make("tr", { role: "row" });
    columns.forEach(({ label, style = "", create: build = () => [] }, index) => {
      const given = index === 0 ? { scope: "row", role: "rowheader" } : { role: "cell" };
      row.append(make(index === 0 ? "th" : "td", { ...given, class: style, "data-label": label }, ...build()));
    });
    return row;
  };
  const fill = (row, item) => columns.forEach(({ fill: write }, index) => write(row.children[index], item));
  sync(table.tBodies[0], rows, keyOf, create, fill);
  let none = table.nextElementSibling;
  if (!none?.classList.contains("wbd-empty")) {
    none = make("p", { class: "wbd-empty" }, table.dataset.none);
    table.after(none);
  }
  none.hidden = rows.length > 0;
  table.hidden = rows.length === 0;
}
