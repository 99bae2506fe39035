"""What the commands of the hot path really send, and how PostgreSQL does it, at a million interactions."""

import re
from collections.abc import Callable
from typing import Any

from benchmarks.kit import floor
from benchmarks.kit.explain import big_scans, plans_of, took
from benchmarks.kit.results import Results
from interactions import lifecycle, sessions
from interactions.signals import TIMER
from interactions.sql import fetch_all

WAITING, HELD, AGENTS = 1_000_000, 100_000, 1_000


def run(_: Results) -> None:
    print(f"{WAITING:,} interactions, {HELD:,} of them held by {AGENTS:,} agents\n")
    floor.make(AGENTS, WAITING)
    floor.hold(HELD, 60, 600)
    floor.run("VACUUM ANALYZE")
    [(token,)] = fetch_all("SELECT 'token' || min(id) FROM interactions_agent")
    caller = sessions.identify(token, resets=True)
    explained("a reset of 100 holds", lambda: sessions.identify(token, resets=True))
    explained("a pull of one", lambda: lifecycle.pull(caller, "mail"))  # type: ignore[arg-type]
    explained("a pull of fifty", lambda: lifecycle.pull(caller, "mail", 50))  # type: ignore[arg-type]
    explained("a look for what is due, finding nothing", lambda: lifecycle.revoke_due(TIMER))
    floor.run("UPDATE interactions_party SET deadline_at = now() WHERE id %% 50 = 0", {})
    explained("a batch of revocations", lambda: lifecycle.revoke_due(TIMER))


def explained(what: str, act: Callable[[], Any]) -> None:
    plans = plans_of(act)
    print(f"== {what}: {len(plans)} statements\n")
    for sql, lines in plans:
        scans = big_scans(lines)
        print(
            f"-- {' '.join(sql.split())[:100]}…\n   Execution Time: {took(lines)} ms",
            *scans and ("  !!", scans),
        )
        for line in lines:
            if re.search(r"(Index|Seq|Bitmap).*Scan", line):
                print("  ", line.rstrip()[:150])
        print()
