// What the server tells the agent, and what becomes of it here.
import { left } from "./clock.js";
import { span } from "./format.js";
import { lose, readAgainSoon, readMine, stepped } from "./holding.js";
import { contentChanged, readLists, refreshSoon } from "./lists.js";
import { announce, attempt, tell } from "./notices.js";
import { whenWorking } from "./quiet.js";
import { changed, state } from "./store.js";
import { listen } from "./stream.js";
import { titleOf } from "./titles.js";
import { t } from "./words.js";

const handlers = {
  EventRevoked({ interaction, party, queue, workbin, reason, parked_in: parkedIn = null }) {
    const held = state.held.get(interaction), lost = state.gone.get(interaction);
    if (held && held.party.id !== party) return; // an earlier hold of the same
    if (!held && lost?.interaction.party?.id !== party) return stepped(); // an answer may come that still has it
    const capped = held?.party.expires_at && held.party.expires_at === held.party.deadline_at;
    lose(interaction, reason === "Expired" && capped ? "capped" : reason, { queue, workbin, parkedIn });
    refreshSoon();
  },
  EventWorkbinContentChanged: contentChanged,
  EventPropertiesChanged({ interaction, actor }) {
    const held = state.held.get(interaction);
    if (!held) return;
    tell(t("changed.by", { title: titleOf(held), name: actor?.name ?? "" }));
    readAgainSoon(interaction);
  },
  EventDeadlineSoon({ interactions }) {
    for (const { id } of interactions) {
      const held = state.held.get(id);
      if (held && left(held.party) > 0) announce(t("soon.said", { title: titleOf(held), left: span(left(held.party)) }));
    }
  },
};

function back() {
  if (state.lostAt === null) return;
  state.lostAt = null;
  window.dispatchEvent(new Event("workbin:found"));
  tell(t("lost.found"));
  whenWorking("all", () => Promise.all([readMine(), readLists()]));
  changed();
}

export function lostNow() {
  if (!state.me || state.lostAt !== null) return;
  state.lostAt = Date.now();
  announce(t("lost.said"));
  changed();
}

export const foundNow = back;

export function follow() {
  listen({
    event: (event) => handlers[event.event]?.(event),
    open: back,
    broken: lostNow,
    expired: () => attempt(readMine), // too long away: what is held is asked for, what happened is not known
  });
}
