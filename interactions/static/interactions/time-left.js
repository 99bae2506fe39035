"use strict";
// Counts down the seconds that the server read off the database's clock; the browser's own clock, which
// may be wrong, is only asked how much time has passed. Agents' requests move deadlines, so the page asks again.
(() => {
  const ASK_AGAIN_AFTER = 5000; // ms

  const badges = () => [...document.querySelectorAll("[data-party]")];
  const seconds = () => performance.now() / 1000;

  function learn(badge, left) {
    badge.deadline = left === undefined ? null : seconds() + left;
    show(badge);
  }

  function show(badge) {
    const left = badge.deadline === null ? null : badge.deadline - seconds();
    badge.textContent = left === null ? "ended" : left <= 0 ? "overdue" : write(Math.floor(left));
    badge.classList.toggle("wb-soon", left !== null && left > 0 && left <= badge.dataset.warnBelow);
    badge.classList.toggle("wb-overdue", left !== null && left <= 0);
  }

  function write(left) {
    const two = (number) => String(number).padStart(2, "0");
    const hours = Math.floor(left / 3600), minutes = Math.floor(left / 60) % 60;
    return (hours ? `${hours}:${two(minutes)}` : String(minutes)) + `:${two(left % 60)}`;
  }

  async function ask() {
    const open = badges().filter((badge) => badge.deadline !== null);
    if (document.hidden || !open.length) return;
    const ids = open.map((badge) => badge.dataset.party).join(",");
    const answer = await fetch(`${open[0].dataset.source}?ids=${ids}`).catch(() => null);
    if (!answer || !answer.ok || answer.redirected) return;
    const left = await answer.json();
    open.forEach((badge) => learn(badge, left[badge.dataset.party]));
  }

  document.addEventListener("DOMContentLoaded", () => {
    badges().forEach((badge) => learn(badge, Number(badge.dataset.left)));
    setInterval(() => badges().forEach(show), 1000);
    setInterval(ask, ASK_AGAIN_AFTER);
    document.addEventListener("visibilitychange", ask);
  });
})();
