// Counts down the seconds that the server read off the database's clock; the browser's own clock, which
// may be wrong, is only asked how much time has passed.
export const badgesIn = (node) => [...node.querySelectorAll("[data-party]")];
const seconds = () => performance.now() / 1000;

// left: seconds, or null of what has ended.
export function learn(badge, left) {
  badge.deadline = left === null ? null : seconds() + left;
  show(badge);
}

export const isOpen = (badge) => badge.deadline !== null;

function show(badge) {
  const left = isOpen(badge) ? badge.deadline - seconds() : null;
  const text = left === null ? "ended" : left <= 0 ? "overdue" : write(Math.floor(left));
  if (badge.textContent !== text) badge.firstChild.data = text; // a new text node would have the row's styles found anew
  badge.classList.toggle("wb-soon", left !== null && left > 0 && left <= badge.dataset.warnBelow);
  badge.classList.toggle("wb-overdue", left !== null && left <= 0);
}

function write(left) {
  const two = (number) => String(number).padStart(2, "0");
  const hours = Math.floor(left / 3600), minutes = Math.floor(left / 60) % 60;
  return (hours ? `${hours}:${two(minutes)}` : String(minutes)) + `:${two(left % 60)}`;
}

export const begin = (node) => badgesIn(node).forEach((badge) => learn(badge, Number(badge.dataset.left)));

begin(document);
setInterval(() => badgesIn(document).forEach(show), 1000);
