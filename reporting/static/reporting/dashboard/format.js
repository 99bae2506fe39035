// Numbers and times as people read them. Times are those of the browser's zone.
const NONE = "–";
const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const exact = new Intl.NumberFormat("en-US", { maximumFractionDigits: 2 });
const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const short = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const weekday = new Intl.DateTimeFormat("en-GB", { weekday: "short", hour: "2-digit", minute: "2-digit" });
const full = new Intl.DateTimeFormat("en-GB", {
  day: "numeric", month: "short", hour: "2-digit", minute: "2-digit",
});
const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
const HOUR = 3600, DAY = 86400;
const UNITS = [[DAY, "d", HOUR, "h"], [HOUR, "h", 60, "min"], [60, "min", 1, "s"]];

export const number = (value) => (value === null ? NONE : whole.format(value));
export const decimal = (value) => (value === null ? NONE : exact.format(value));
export const time = (at) => clock.format(new Date(at));

export const zone = () => {
  const named = Intl.DateTimeFormat("en-GB", { timeZoneName: "short" }).formatToParts(new Date());
  const place = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const short = named.find((part) => part.type === "timeZoneName").value;
  return place === short ? short : `${short} (${place})`;
};

// 0.25 -> 0.3 s, 125 -> 2 min 5 s, 850 -> 14 min, 7500 -> 2 h 5 min: as reporting/dashboard/words.py.
export function span(seconds) {
  if (seconds === null) return NONE;
  if (seconds > 0 && seconds < 10) return `${Number(seconds.toFixed(1))} s`;
  for (const [size, unit, smaller, smallerUnit] of UNITS) {
    if (seconds < size) continue;
    const rest = Math.floor((seconds % size) / smaller);
    const isSaid = rest && (smaller > 1 || seconds < 600);
    return `${Math.floor(seconds / size)} ${unit}` + (isSaid ? ` ${rest} ${smallerUnit}` : "");
  }
  return `${Math.floor(seconds)} s`;
}

export const amount = (value, unit) => (unit === "seconds" ? span(value) : number(value));

// A point or an interval of a range: days by their date, a week by weekday and hour.
export function moment(at, seconds, range) {
  const date = new Date(at);
  if (seconds === DAY) return day.format(date);
  return (range === "7d" ? weekday : short).format(date);
}

export function exactly(at, seconds) {
  return seconds === DAY ? `${day.format(new Date(at))} (UTC)` : full.format(new Date(at));
}

export const since = (at) => full.format(new Date(at));
