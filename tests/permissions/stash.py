"""All rows, put by and put back: in one round trip each, so that every request finds the same world."""

from collections.abc import Collection

from interactions.sql import fetch_all, run
from tests import tables

Rows = dict[str, list[str]]


def put_by() -> None:
    copies = "".join(f"CREATE TABLE stash.{name} AS TABLE {name};" for name in tables.names())
    run(f"DO $$ BEGIN CREATE SCHEMA stash; {copies} END $$")


def put_back(names: Collection[str] = ()) -> None:
    """All, or those named."""
    emptied = "".join(f"DELETE FROM {name};" for name in names or tables.names())
    filled = "".join(f"INSERT INTO {name} TABLE stash.{name};" for name in names or tables.names())
    run(f"DO $$ BEGIN {emptied} {filled} END $$")


def forget() -> None:
    run("DROP SCHEMA stash CASCADE")


# A refused request may move deadlines, the time of the last request, and the count of wrong log-ins.
MOVED = {"interactions_party", "interactions_session", "interactions_loginfailure"}
_STAYS = {
    "interactions_party": "(t.id, t.interaction_id, t.agent_id, t.ended_at, t.end_reason)::text",
    "interactions_session": "(t.id, t.ended_at)::text",
}
_KEPT = " UNION ALL ".join(
    f"SELECT '{name}', {_STAYS.get(name, 't::text')} FROM {name} t"
    for name in tables.names()
    if name not in MOVED - _STAYS.keys()
)


def kept() -> Rows:
    """All rows as text, without what a refused request may move."""
    found: Rows = {}
    for name, row in fetch_all(f"{_KEPT} ORDER BY 1, 2"):
        found.setdefault(name, []).append(row)
    return found
