// Before the first paint, so that nobody is blinded: light, dark, or as the system has it.
(() => {
  let chosen = null;
  try {
    chosen = localStorage.getItem("workbin.theme");
  } catch {
    // A browser that keeps nothing: as the system has it.
  }
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
})();
