"""What comes next, and where it waits again."""

from tests.bugs.bug import bug

CLAIM = "interactions/statements/claim.py"
RELEASE = "interactions/statements/release.py"
CHANGE = "interactions/statements/change.py"

BUGS = (
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
