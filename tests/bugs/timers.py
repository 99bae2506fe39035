"""When holds end, and what keeps them."""

from tests.bugs.bug import bug

RESET = "interactions/statements/reset.py"
CLAIM = "interactions/statements/claim.py"
CHANGE = "interactions/statements/change.py"

BUGS = (
    bug(
        "reset_revives_overdue",
        "A reset revives nothing.",
        (RESET, ' AND p.deadline_at > statement_timestamp()"""', '"""'),
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
