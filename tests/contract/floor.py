"""Who asks, and a floor on which most of what the document describes can happen."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import connections

from tests import cast

Renew = Callable[[], str]


@dataclass
class Role:
    """Someone with a token, which may end: `renew` gives the next. Without it nobody: no token at all."""

    name: str
    renew: Renew | None
    token: str = ""

    def use(self) -> str:
        if not self.token and self.renew:
            self.token = self.renew()
            connections.close_all()  # in a thread that schemathesis has started
        return self.token


def set_the_floor() -> list[Role]:
    """Queues and workbins with things in them, and one of each role."""
    cast.media_type("email")
    cast.media_type("chat", handling_timeout=120)
    cast.queue(cast.SUPPORT, cast.TEAM, handling_timeout=600, max_revocations=1)
    cast.queue("leads", "leads", is_paused=True)
    cast.agent("alice", cast.TEAM, capacity=500)
    cast.agent("lena", cast.TEAM, "leads", is_supervisor=True)
    cast.admin("root")
    cast.place("desk-17", "floor-2")
    cast.workbin_of(cast.group(cast.TEAM), "agent_group")
    fill_up()
    return [
        *(Role(name, lambda who=who: cast.log_in(who).token) for name, who in AGENTS.items()),  # type: ignore[misc]
        Role("media server", lambda: cast.service("mail-gateway", cast.Role.MEDIA_SERVER).token),
        Role("reporting engine", lambda: cast.service("warehouse", cast.Role.REPORTING_ENGINE).token),
        Role("nobody", None),
    ]


def fill_up() -> None:
    """Pulls and stops use up what stands on the floor."""
    cast.fill(200)
    for owner in ("alice", "lena"):
        cast.fill(20, cast.drafts_of(owner))


AGENTS = {"agent": "alice", "supervisor": "lena", "admin": "root"}
