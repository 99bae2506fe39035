// From where it stands to where it shall: a pull, if it is not mine yet, then a placement.
import { giveBack, placeInQueue, placeInWorkbin, pullById } from "./holding.js";
import { refreshSoon } from "./lists.js";
import { open, settle } from "./opening.js";
import { state } from "./store.js";

// where: {mine} | {back} | {queue} | {workbin}
export async function move(one, where) {
  if (!state.held.has(one.id)) {
    if (where.workbin !== undefined && where.workbin === one.workbin) return;
    const [pulled] = await pullById(one.workbin, one.id);
    if (!pulled) return;
    one = pulled;
  }
  if (where.mine) open(one);
  else if (where.back) await giveBack(one.id);
  else if (where.queue !== undefined) await placeInQueue(one.id, where.queue);
  else await placeInWorkbin(one.id, where.workbin);
  refreshSoon();
  queueMicrotask(settle);
}
