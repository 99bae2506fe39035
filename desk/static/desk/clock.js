// The server's clock as seen from here, and how long a hold still lasts by it.
const LONG = 2000, STALE = 60000; // ms
let offset = 0, best = Infinity, taken = 0;

// The quickest answers tell it best; slow ones (that waited) tell nothing.
export function heard(serverTime, sent, got) {
  const trip = got - sent;
  if (trip > LONG || (trip > best && got - taken < STALE)) return;
  [best, taken] = [trip, got];
  offset = Date.parse(serverTime) - (sent + got) / 2;
}

export const now = (here = Date.now()) => here + offset;

export const left = (party) => (Date.parse(party.deadline_at) - now()) / 1000; // seconds

// A tenth, but enough to react where it is short.
export const soon = (party) => Math.min(60, Math.max(party.handling_timeout / 10, Math.min(15, party.handling_timeout / 3)));

export const isSoon = (party) => left(party) <= soon(party);

// A request that was sent then has moved it at least so far, unless it was over.
export function moved(party, sent) {
  if (Date.parse(party.deadline_at) <= now(sent)) return party;
  const most = party.expires_at ? Date.parse(party.expires_at) : Infinity;
  const at = Math.min(now(sent) + party.handling_timeout * 1000, most);
  return at > Date.parse(party.deadline_at) ? { ...party, deadline_at: new Date(at).toISOString() } : party;
}
