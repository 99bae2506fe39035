"""Time is travelled by moving rows into the past."""

from datetime import timedelta

from interactions.sql import run

_PARTIES = """
    UPDATE interactions_party SET
        joined_at = joined_at - %(span)s, last_reset_at = last_reset_at - %(span)s,
        deadline_at = deadline_at - %(span)s, expires_at = expires_at - %(span)s,
        warn_at = warn_at - %(span)s, ended_at = ended_at - %(span)s
"""  # one statement, for a deadline may at no time lie beyond its cap
_SESSIONS = """
    UPDATE interactions_session SET started_at = started_at - %(span)s,
        last_request_at = last_request_at - %(span)s
"""
_WAITING = "UPDATE interactions_interaction SET waiting_since = waiting_since - %(span)s"
_MAIL = "UPDATE interactions_agentmessage SET at = at - %(span)s"
_REPLIES = "UPDATE interactions_storedreply SET at = at - %(span)s"
_FAILURES = "UPDATE interactions_loginfailure SET at = at - %(span)s"

_DELIVERIES = """
    UPDATE reporting_delivery SET
        created_at = created_at - %(span)s, give_up_at = give_up_at - %(span)s,
        next_attempt_at = next_attempt_at - %(span)s, attempted_at = attempted_at - %(span)s,
        delivered_at = delivered_at - %(span)s, failed_at = failed_at - %(span)s
"""
_BREACHES = "UPDATE reporting_breach SET since = since - %(span)s"
_ALARMS = """
    UPDATE reporting_alarm SET since = since - %(span)s, raised_at = raised_at - %(span)s,
        cleared_at = cleared_at - %(span)s
"""

_CORE = (_PARTIES, _SESSIONS, _WAITING, _MAIL, _REPLIES, _FAILURES)
_REPORTING = (_DELIVERIES, _BREACHES, _ALARMS)


def let_pass(seconds: float) -> None:
    for statement in (*_CORE, *_REPORTING):
        run(statement, {"span": timedelta(seconds=seconds)})


def make_overdue(*interactions: int) -> None:
    """Their open holds have been due for a second; nothing else has aged."""
    run(
        """
        UPDATE interactions_party p SET
            joined_at = joined_at - span, last_reset_at = last_reset_at - span,
            deadline_at = deadline_at - span, expires_at = expires_at - span, warn_at = warn_at - span
        FROM (
            SELECT id, deadline_at - clock_timestamp() + interval '1 second' AS span FROM interactions_party
        ) late
        WHERE late.id = p.id AND ended_at IS NULL AND interaction_id = ANY(%(interactions)s::bigint[])
        """,
        {"interactions": list(interactions)},
    )
