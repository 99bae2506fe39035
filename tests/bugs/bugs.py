"""The bugs. Each could have been written, and breaks one promise."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Edit:
    """In a file, words that are there once become others."""

    file: str
    right: str
    wrong: str


@dataclass(frozen=True)
class Bug:
    name: str
    promise: str  # the one that is broken
    edits: tuple[Edit, ...]


def bug(name: str, promise: str, *edits: tuple[str, str, str]) -> Bug:
    return Bug(name, promise, tuple(Edit(*each) for each in edits))


GUARDS = "interactions/lifecycle/guards.py"
RESET = "interactions/statements/reset.py"
CLAIM = "interactions/statements/claim.py"
RELEASE = "interactions/statements/release.py"
CHANGE = "interactions/statements/change.py"

_HOLDS = (
    # --- Who holds it ---
    bug(
        "stale_party_accepted",
        "A holder's other party id is refused: it is the fencing token.",
        (
            GUARDS,
            "        if row.hold.id == party:\n            return row\n        raise StaleParty\n",
            "        return row\n",
        ),
    ),
    bug(
        "late_holder_accepted",
        "A hold whose deadline has passed is over, whether or not a worker has noticed.",
        (
            GUARDS,
            "    if overdue:\n        raise NotHeld(",
            "    if overdue and not rows[0].hold.is_of(caller):\n        raise NotHeld(",
        ),
    ),
    bug(
        "overdue_hold_stays_after_refusal",
        "An overdue hold that a refused request names is revoked before the refusal.",
        (
            "interactions/commands.py",
            "if refusal.overdue and not _is_part.get():",
            "if refusal.overdue and _is_part.get():",
        ),
    ),
    bug(
        "guard_before_lock",
        "Two who stop one interaction stop it once: what is looked at is locked.",
        (
            "interactions/statements/locks.py",
            "WHERE id {{which}} ORDER BY id FOR NO KEY UPDATE\n",
            "WHERE id {{which}} ORDER BY id\n",
        ),
        (
            "interactions/statements/locks.py",
            "        ORDER BY p.id FOR NO KEY UPDATE OF p\n    ),\n    clock",
            "        ORDER BY p.id\n    ),\n    clock",
        ),
    ),
    bug(
        "capacity_counts_overdue",
        "Capacity counts open holds that are not overdue.",
        (CLAIM, "ended_at IS NULL AND deadline_at > statement_timestamp()\n", "ended_at IS NULL\n"),
    ),
    bug(
        "others_holds_end_with_one_session",
        "Holds end with the agent's last session.",
        (
            "interactions/sessions.py",
            "filter(agent=agent_id, ended_at=None).exclude(pk=session).exists()",
            "filter(agent=agent_id, ended_at=None).exclude(agent=agent_id).exists()",
        ),
    ),
)

_TIMERS = (
    bug(
        "reset_revives_overdue",
        "A reset revives nothing.",
        (
            RESET,
            "p.ended_at IS NULL AND p.deadline_at > statement_timestamp()\n        ORDER",
            "p.ended_at IS NULL\n        ORDER",
        ),
        (RESET, "FROM held, clock WHERE held.deadline_at > clock.now)", "FROM held)"),
    ),
    bug(
        "reset_beyond_the_cap",
        "No request moves the end that max_handling_time sets.",
        (
            RESET,
            "least(clock.now + p.handling_timeout * interval '1 second', p.expires_at))",
            "clock.now + p.handling_timeout * interval '1 second')",
        ),
    ),
    bug(
        "receiving_resets",
        "Requests that only receive keep no hold.",
        ("interactions/api/base.py", "resets=is_arrival and not view.only_receives", "resets=is_arrival"),
    ),
    bug(
        "looking_does_not_reset",
        "Any request resets, a GET too.",
        (
            "interactions/api/base.py",
            "resets=is_arrival and not view.only_receives",
            'resets=is_arrival and not view.only_receives and request.method != "GET"',
        ),
    ),
    bug(
        "warned_again_and_again",
        "EventDeadlineSoon comes once per hold and quiet spell.",
        (
            CHANGE,
            "UPDATE interactions_party p SET warn_at = NULL FROM due",
            "UPDATE interactions_party p SET warn_at = p.warn_at FROM due",
        ),
    ),
    bug(
        "own_timeout_ignored",
        "An interaction's own handling timeout goes before the queue's.",
        (
            CLAIM,
            "i.handling_timeout, q.handling_timeout, m.handling_timeout",
            "q.handling_timeout, i.handling_timeout, m.handling_timeout",
        ),
    ),
    bug(
        "session_idles_out_while_holding",
        "A session does not idle out while its agent holds something.",
        (
            "interactions/sessions.py",
            "WHERE p.agent_id = a.id AND p.ended_at IS NULL AND p.deadline_at > statement_timestamp()",
            "WHERE p.agent_id = a.id AND p.ended_at IS NULL AND p.deadline_at < statement_timestamp()",
        ),
    ),
)

_LINES = (
    bug(
        "old_turn_lost_on_revoke",
        "A revoked interaction waits again at its old turn.",
        (
            RELEASE,
            "WHEN due.parking IS NULL THEN i.place_in_queue_seq\n",
            "WHEN false THEN i.place_in_queue_seq\n",
        ),
    ),
    bug(
        "low_priority_first",
        "High priority goes first.",
        (
            CLAIM,
            "    ORDER BY i.priority DESC, i.place_in_queue_seq\n    LIMIT (SELECT room",
            "    ORDER BY i.priority, i.place_in_queue_seq\n    LIMIT (SELECT room",
        ),
    ),
    bug(
        "overdue_first",
        "What is overdue is handed out after what waits.",
        (
            "interactions/lifecycle/pulling.py",
            "    first = claim.claim_in_line(caller, line, count)\n",
            "    announce_releases(cmd, release.release_due_in_line(line.queue_ids, count, line.media))\n"
            "    first = claim.claim_in_line(caller, line, count)\n",
        ),
    ),
    bug(
        "paused_queue_gives",
        "A paused queue refuses pulls.",
        ("interactions/lifecycle/pulling.py", "    if line.is_paused:\n        raise QueuePaused\n", ""),
    ),
    bug(
        "parks_one_too_late",
        "It parks when the count exceeds max_revocations.",
        (RELEASE, "i.revocation_count >= q.max_revocations", "i.revocation_count > q.max_revocations"),
    ),
    bug(
        "revoked_by_hand_counts",
        "Only Expired counts towards parking.",
        (
            RELEASE,
            "WHEN %(expired)s THEN i.revocation_count + 1",
            "WHEN true THEN i.revocation_count + 1",
        ),
    ),
    bug(
        "placing_keeps_the_count",
        "Any placing sets the count of revocations to 0.",
        (
            CHANGE,
            "coalesce(moved_to_queue_at, %(now)s), revocation_count = 0,",
            "coalesce(moved_to_queue_at, %(now)s),",
        ),
    ),
    bug(
        "some_pulled_though_not_all",
        "A pull by ids is all or nothing.",
        (
            "interactions/lifecycle/pulling.py",
            "    if why:\n        raise NotAvailable",
            "    if len(why) == len(rows):\n        raise NotAvailable",
        ),
        (
            CLAIM,
            "SELECT id FROM free WHERE (SELECT count(*) FROM free) = %(count)s",
            "SELECT id FROM free WHERE (SELECT count(*) FROM free) > 0",
        ),
    ),
)

_TOLD = (
    bug(
        "revoked_told_twice",
        "Each step is one event.",
        (
            "interactions/announcements.py",
            "    cmd.announce(signals.revoked, revoked)\n",
            "    cmd.announce(signals.revoked, revoked)\n    cmd.announce(signals.revoked, revoked)\n",
        ),
    ),
    bug(
        "added_before_taken",
        "A pull is EventTakenFromQueue, then EventPartyAdded.",
        (
            "interactions/announcements.py",
            "    cmd.announce(signals.taken_from_queue, [_taken",
            "    announce_added(cmd, rows)\n    cmd.announce(signals.taken_from_queue, [_taken",
        ),
        (
            "interactions/announcements.py",
            "for row in rows])\n    announce_added(cmd, rows)\n",
            "for row in rows])\n",
        ),
    ),
    bug(
        "finder_blamed_for_expiry",
        "Whoever finds an overdue hold, the timer ended it.",
        (
            "interactions/announcements.py",
            '        fact.actor, fact.operation = TIMER, "Revoke"\n',
            '        fact.operation = "Revoke"\n',
        ),
    ),
    bug(
        "loser_not_told",
        "To a party whose hold another ended: EventRevoked.",
        (
            "interactions/announcements.py",
            "    if not hold.is_of(caller):\n        _tell_agent",
            "    if hold.is_of(caller):\n        _tell_agent",
        ),
    ),
    bug(
        "return_not_told",
        "What is back in a workbin is told to those who watch it.",
        (
            "workbins/receivers.py",
            "if fact.workbin and fact.reason in RETURNING_ENDS]",
            'if fact.workbin and fact.reason == "Expired"]',
        ),
    ),
    bug(
        "subscription_outlives_log_out",
        "A subscription ends with the agent's last session.",
        (
            "workbins/receivers.py",
            'if fact.attributes.get("is_last")]',
            'if not fact.attributes.get("is_last")]',
        ),
    ),
    bug(
        "cursor_by_id",
        "A cursor never skips an event, though they commit out of order.",
        ("reporting/cursor.py", "    upto = horizon.final()\n", "    upto = horizon.newest()\n"),
    ),
)

_RIGHTS = (
    bug(
        "all_are_colleagues",
        "A supervisor sees what agents of the own groups hold, and their workbins.",
        (
            "interactions/access.py",
            "return Agent.objects.filter(groups__in=own_groups(caller))",
            "return Agent.objects.all()",
        ),
    ),
    bug(
        "forgotten_at_once",
        "For a day an agent sees what the agent held.",
        (
            "interactions/access.py",
            "    since = Now() - settings.ENDED_PARTIES_KEPT\n",
            "    since = Now()\n",
        ),
    ),
    bug(
        "replay_does_it_again",
        "The same key with the same request does nothing more.",
        ("interactions/idempotency.py", "    if row is None:\n        return None\n", "    return None\n"),
    ),
)

BUGS = {each.name: each for each in (*_HOLDS, *_TIMERS, *_LINES, *_TOLD, *_RIGHTS)}
