// Agents' requests move deadlines, so a page that shows some asks again. A list does so by itself: live.js.
import { badgesIn, isOpen, learn } from "./clock.js";

const ASK_AGAIN_AFTER = 5000; // ms

async function ask() {
  const open = badgesIn(document).filter(isOpen);
  if (document.hidden || !open.length) return;
  const ids = open.map((badge) => badge.dataset.party).join(",");
  const answer = await fetch(`${open[0].dataset.source}?ids=${ids}`).catch(() => null);
  if (!answer || !answer.ok || answer.redirected) return;
  const left = await answer.json();
  open.forEach((badge) => learn(badge, left[badge.dataset.party] ?? null));
}

setInterval(ask, ASK_AGAIN_AFTER);
document.addEventListener("visibilitychange", ask);
