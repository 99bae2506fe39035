"""Who holds what."""

from tests.bugs.bug import bug

GUARDS = "interactions/lifecycle/guards.py"
CLAIM = "interactions/statements/claim.py"

BUGS = (
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
