// Instants and spans as people read them, in their language and their zone.
import { locale, t } from "./words.js";

const format = (options) => new Intl.DateTimeFormat(locale, options);
const clock = format({ timeStyle: "medium" });
const today = format({ timeStyle: "short" });
const thisYear = format({ day: "numeric", month: "short" });
const long = format({ day: "numeric", month: "short", year: "numeric" });
const exact = format({ dateStyle: "full", timeStyle: "short" });
const ago = new Intl.RelativeTimeFormat(locale, { numeric: "always", style: "short" });
const whole = new Intl.NumberFormat(locale);
const UNITS = [["day", 86400], ["hour", 3600], ["minute", 60]];

export const count = (number) => whole.format(number);
export const time = (at) => clock.format(new Date(at));
export const exactly = (at) => exact.format(new Date(at));

// As short as it can be without being unclear.
export function moment(at) {
  const then = new Date(at), now = new Date();
  if (then.toDateString() === now.toDateString()) return today.format(then);
  return (then.getFullYear() === now.getFullYear() ? thisYear : long).format(then);
}

export function since(at, now) {
  const seconds = Math.max(0, (now - new Date(at)) / 1000);
  const [unit, size] = UNITS.find(([, least]) => seconds >= least) ?? ["second", 1];
  return unit === "second" ? t("just.now") : ago.format(-Math.floor(seconds / size), unit);
}

// Inside a ring: two or three signs.
export function brief(seconds) {
  if (seconds >= 5400) return t("short.hours", { number: Math.round(seconds / 3600) });
  if (seconds > 90) return t("short.minutes", { number: Math.round(seconds / 60) });
  return String(Math.max(0, Math.ceil(seconds)));
}

export function span(seconds) {
  const left = Math.max(0, Math.ceil(seconds));
  const [hours, minutes] = [Math.floor(left / 3600), Math.floor(left / 60) % 60];
  const two = (number) => String(number).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(left % 60)}` : `${minutes}:${two(left % 60)}`;
}

// In words: 30 seconds, 10 minutes.
export function lasting(seconds) {
  const [unit, size] = [["hour", 3600], ["minute", 60]].find(([, least]) => seconds >= 2 * least) ?? ["second", 1];
  return new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "long" }).format(Math.round(seconds / size));
}

export function bytes(size) {
  const [unit, divisor] = size >= 1e6 ? ["megabyte", 1e6] : size >= 1e3 ? ["kilobyte", 1e3] : ["byte", 1];
  return new Intl.NumberFormat(locale, { style: "unit", unit, maximumFractionDigits: 1 }).format(size / divisor);
}
