// What a reload must not lose: this tab's, and gone with it. A browser that keeps nothing loses it.
const name = (key) => `workbin.${key}`;

export function read(key, otherwise = null) {
  try {
    return JSON.parse(sessionStorage.getItem(name(key))) ?? otherwise;
  } catch {
    return otherwise;
  }
}

export function keep(key, value) {
  try {
    if (value === null) sessionStorage.removeItem(name(key));
    else sessionStorage.setItem(name(key), JSON.stringify(value));
  } catch {
    // Full, or forbidden: the server has the rest.
  }
}

// Of this browser, for all tabs: how the agent likes it.
export function preference(key, value) {
  try {
    if (value === undefined) return localStorage.getItem(name(key));
    localStorage.setItem(name(key), value);
  } catch {
    // As usual, then.
  }
  return value ?? null;
}
