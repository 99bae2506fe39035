// What the desk says. All of it came with the page, in its language: desk/words/.
const said = JSON.parse(document.getElementById("words").textContent);
export const language = document.documentElement.lang;
// As the reader's country writes its dates and numbers, if it has this language.
export const locale = navigator.languages.find((each) => each.split("-")[0] === language) ?? language;
const plurals = new Intl.PluralRules(language);

export const has = (key) => key in said;

export function t(key, given = {}) {
  const found = said[key] ?? key;
  const text = typeof found === "string" ? found : found[plurals.select(given.count)] ?? found.other;
  return text.replace(/\{(\w+)\}/g, (whole, name) => given[name] ?? whole);
}
