"""Submissions, moves and stops, each with the end of the hold that goes with it; changes of properties."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
from django.db import IntegrityError

from interactions.models.party import PartyEnd
from interactions.sql import fetch_all

_SUBMIT = """
    WITH given AS MATERIALIZED (
        SELECT given.*, nextval(pg_get_serial_sequence('interactions_interaction', 'id')) AS id
        FROM ROWS FROM (json_to_recordset(%(given)s::json) AS (
            external_id text, media_type_id bigint, interaction_type text, interaction_subtype text,
            parent_id bigint, queue_id bigint, priority int, user_data jsonb, handling_timeout int,
            received_at timestamptz
        )) WITH ORDINALITY given (
            external_id, media_type_id, interaction_type, interaction_subtype, parent_id, queue_id, priority,
            user_data, handling_timeout, received_at, place
        )
    ),
    submitted AS (
        INSERT INTO interactions_interaction (id, external_id, media_type_id, interaction_type,
            interaction_subtype, parent_id, queue_id, state, priority, user_data, handling_timeout,
            received_at, submitted_at, submitted_by, moved_to_queue_at, placed_in_queue_at, waiting_since,
            revocation_count)
        SELECT id, external_id, media_type_id, interaction_type, interaction_subtype, parent_id, queue_id,
            'queued', priority, user_data, handling_timeout, coalesce(received_at, %(now)s), %(now)s,
            %(submitted_by)s, %(now)s, %(now)s, %(now)s, 0
        FROM given ORDER BY place
        ON CONFLICT (external_id) WHERE external_id IS NOT NULL DO NOTHING
        RETURNING id
    )
    SELECT (given.place - 1)::int, submitted.id FROM submitted JOIN given USING (id)
"""


def insert_submissions(
    given: Sequence[Mapping[str, Any]], submitted_by: str, now: datetime
) -> dict[int, int]:
    """Interactions that wait in their queues, by the place each had in `given`.

    One whose external_id is known is left out: it must never be submitted twice.
    """
    params = {"given": orjson.dumps(given).decode(), "submitted_by": submitted_by, "now": now}
    return dict(fetch_all(_SUBMIT, params))


def ids_of_external(external_ids: Collection[str]) -> dict[str, int]:
    statement = """SELECT external_id, id FROM interactions_interaction
                   WHERE external_id = ANY(%(external_ids)s::text[])"""
    return dict(fetch_all(statement, {"external_ids": list(external_ids)}))


def hold_parents(ids: Collection[int]) -> set[int]:
    """Those of the ids that exist; they stay until the commit."""
    statement = (
        "SELECT id FROM interactions_interaction WHERE id = ANY(%(ids)s::bigint[]) ORDER BY id FOR KEY SHARE"
    )
    return {id for (id,) in fetch_all(statement, {"ids": list(ids)})}


# What a command does to a locked interaction is written at its end, with its events: these are journals.


def end_hold(given: list[tuple[int, PartyEnd]]) -> tuple[str, dict[str, Any]]:
    """A locked party."""
    [(party, end)] = given
    return (
        """UPDATE interactions_party SET ended_at = %(now)s, end_reason = %(end)s
           WHERE id = %(party)s AND ended_at IS NULL""",
        {"party": party, "end": end.value},
    )


def place(given: list[tuple[int, int]]) -> tuple[str, dict[str, Any]]:
    """Put an interaction at the end of a queue's line."""
    [(interaction, queue)] = given
    return (
        """UPDATE interactions_interaction SET
            state = 'queued', queue_id = %(queue)s, waiting_since = %(now)s, placed_in_queue_at = %(now)s,
            moved_to_queue_at = coalesce(moved_to_queue_at, %(now)s), revocation_count = 0,
            place_in_queue_seq = nextval('interactions_place_in_queue_seq')
        WHERE id = %(interaction)s""",
        {"interaction": interaction, "queue": queue},
    )


def stop(given: list[tuple[int, str | None]]) -> tuple[str, dict[str, Any]]:
    """Complete an interaction."""
    [(interaction, reason)] = given
    return (
        """UPDATE interactions_interaction SET
            state = 'stopped', completed_at = %(now)s, stop_reason = %(stop_reason)s
        WHERE id = %(interaction)s""",
        {"interaction": interaction, "stop_reason": reason},
    )


PROPERTIES = ("external_id", "priority", "interaction_subtype")  # beside user_data


class Taken(Exception):
    """Another interaction has the external_id."""


def compare_user_data(interaction: int, given: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The keys whose values would not stay as they are, each with added, changed or deleted.

    PostgreSQL compares, for to it 1 is 1.0 and is not true.
    """
    return fetch_all(
        """
        SELECT key, CASE
            WHEN value = 'null' THEN 'deleted' WHEN i.user_data ? key THEN 'changed' ELSE 'added'
        END
        FROM interactions_interaction i, jsonb_each(%(given)s::jsonb)
        WHERE i.id = %(interaction)s AND CASE
            WHEN value = 'null' THEN i.user_data ? key ELSE (i.user_data -> key) IS DISTINCT FROM value
        END
        """,
        {"interaction": interaction, "given": orjson.dumps(given).decode()},
    )


def change_properties(interaction: int, user_data: Mapping[str, Any], **columns: Any) -> tuple[str, int]:
    """Merge into a locked interaction's user_data and set its other properties. Returns the user_data and
    the revision that this makes.

    What is not named stays as it is, to the last digit. Errors: Taken.
    """
    kept = {key: value for key, value in user_data.items() if value is not None}
    try:
        [found] = fetch_all(
            """
            UPDATE interactions_interaction SET
                user_data = (user_data - %(deleted)s::text[]) || %(kept)s::jsonb,
                external_id = %(external_id)s, priority = %(priority)s,
                interaction_subtype = %(interaction_subtype)s, revision = revision + 1
            WHERE id = %(interaction)s
            RETURNING user_data, revision
            """,
            {
                "interaction": interaction,
                "deleted": [key for key in user_data if key not in kept],
                "kept": orjson.dumps(kept).decode(),
                **columns,
            },
        )
    except IntegrityError as error:
        if "interaction_external_id" in str(error):
            raise Taken from error
        raise
    merged, revision = found
    return merged, revision


def take_warnings(limit: int) -> list[tuple[int, int, int, datetime]]:
    """Agent, interaction, party and deadline of holds to warn of, once until their next reset.

    It must never wait, and never warn of a hold that is over.
    """
    return fetch_all(
        """
        WITH due AS MATERIALIZED (
            SELECT id FROM interactions_party WHERE ended_at IS NULL AND warn_at <= statement_timestamp()
            ORDER BY warn_at LIMIT %(limit)s FOR NO KEY UPDATE SKIP LOCKED
        )
        UPDATE interactions_party p SET warn_at = NULL FROM due WHERE p.id = due.id
        RETURNING p.agent_id, p.interaction_id, p.id, p.deadline_at
        """,
        {"limit": limit},
    )
