// The admin knows the ticks of the rows that came with the page; those of rows that came later are seen to here.
const ticks = () => [...document.querySelectorAll("tbody:not(.wb-gone) input.action-select")];

function count() {
  const counter = document.querySelector("span.action-counter"), toggle = document.getElementById("action-toggle");
  const all = ticks(), ticked = all.filter((tick) => tick.checked);
  if (counter) counter.textContent = `${ticked.length} of ${all.length} selected`;
  if (toggle) toggle.checked = all.length > 0 && ticked.length === all.length;
}

function mark(tick) {
  tick.closest("tr").classList.toggle("selected", tick.checked);
}

// On the document, so after the listeners of the admin.
document.addEventListener("change", ({ target }) => {
  if (!target.classList.contains("action-select")) return;
  mark(target);
  count();
});
document.addEventListener("click", ({ target }) => {
  if (target.id !== "action-toggle") return;
  for (const tick of ticks()) {
    tick.checked = target.checked;
    mark(tick);
  }
  count();
});
