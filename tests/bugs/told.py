"""What is told, to whom, and how often."""

from tests.bugs.bug import bug

BUGS = (
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
