"""SQL alone, for pgbench: the bare statements of one pull, one reset and one batch of revocations, and what
the application itself sends for a pull over REST.
"""

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection
from psycopg import sql

from benchmarks.kit import floor
from interactions import lifecycle, sessions

HERE = Path(__file__).parent
PULL, RESET, EXPIRE = (HERE / f"{name}.sql" for name in ("pull", "reset", "expire"))

# The recorded events with the number of the party that this transaction has made.
_NUMBERED = r"""regexp_replace(:events, '"(party|interaction)":\d+', '"\1":'
    || currval('interactions_party_id_seq'), 'g')"""


def same_statements(folder: Path, agent: int) -> tuple[Path, str]:
    """A script of what this agent's pull sends, recorded, in the name of one agent after the other; and the
    events that it writes, its variable `events`.

    Who asks and the reset is a transaction of its own, as in the application. What the application puts into
    the events, PostgreSQL does: the numbers of this pull's party and interaction.
    """
    asked = recorded(lambda: sessions.identify(f"token{agent}", resets=True))
    caller = floor.caller(agent)
    pulled = recorded(lambda: lifecycle.pull(caller, "mail"))
    ours = {"agent": ":agent", "session": f":agent + {caller.session - agent}"}
    ours["token"] = "sha256(('token' || :agent)::bytea)"
    script = ["\\set agent random(:first, :last)"]
    script += [in_pgbench(*statement, ours) for statement in asked]
    script += ["BEGIN;", *(in_pgbench(*statement, ours) for statement in pulled), "COMMIT;"]
    path = folder / "same.sql"
    path.write_text("\n".join(script))
    [written] = [params["events"] for _, params in pulled if "events" in params]
    return path, written


def recorded(act: Callable[[], Any]) -> list[tuple[str, dict[str, Any]]]:
    sent = []

    def record(execute: Any, statement: str, params: Any, many: bool, context: Any) -> Any:
        sent.append((statement, params))
        return execute(statement, params, many, context)

    with connection.execute_wrapper(record):
        act()
    return sent


def in_pgbench(statement: str, params: dict[str, Any], ours: dict[str, str]) -> str:
    """`ours` are the parameters that differ from agent to agent, in pgbench's words."""

    def value(match: re.Match[str]) -> str:
        name = match[1]
        if name in ours:
            return f"({ours[name]})"
        if name == "events":
            return _NUMBERED
        if isinstance(params[name], datetime):
            return "clock_timestamp()"
        return sql.Literal(params[name]).as_string(connection.connection)

    return re.sub(r"%\((\w+)\)s", value, statement).replace("%%", "%").strip() + ";"
