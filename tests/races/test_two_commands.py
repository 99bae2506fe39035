"""Two commands of which each can win: whoever is the first."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from interactions.models import Party
from interactions.statements import locks
from tests.applications import Log, Reply
from tests.audit import audit
from tests.races.stage import CHANGED, LOGGED_OUT, PLACED, PULLED, REVOKED, STOPPED, Stage
from tests.racing import race, race_without_locks

pytestmark = pytest.mark.django_db(transaction=True)

ACTS: dict[str, Callable[[Stage], Reply]] = {
    "stop": lambda s: s.alice.stop_held(s.party, reason=None),
    "place": lambda s: s.alice.place_in_queue(s.party),
    "change": lambda s: s.alice.change_held(s.party, priority=7),
    "revoke": lambda s: s.lena.revoke(s.interaction),
    "bob pulls it": lambda s: s.pull_it(s.bob),
    "lena pulls it": lambda s: s.pull_it(s.lena),
    "log out": lambda s: s.alice.log_out(),
}


@dataclass
class Race:
    winner: str
    loser: str
    answer: tuple[Any, ...]  # the loser's: status, code, more of the problem document
    log: list[str]
    is_held: bool = True

    def __str__(self) -> str:
        return f"{self.winner} before {self.loser}"


HELD_BY_OTHER = {"interactions": [{"id": 0, "why": "held"}]}
RACES = [
    Race("place", "revoke", (200,), PLACED),
    Race("revoke", "place", (409, "not_held", {"reason": "revoked"}), REVOKED),
    Race("change", "stop", (200,), CHANGED + STOPPED),
    Race("stop", "change", (409, "stopped", {}), STOPPED),
    Race("bob pulls it", "lena pulls it", (409, "not_available", HELD_BY_OTHER), PULLED, is_held=False),
    Race("lena pulls it", "bob pulls it", (409, "not_available", HELD_BY_OTHER), PULLED, is_held=False),
    Race("place", "stop", (409, "not_held", {"reason": "placed"}), PLACED),
    Race("stop", "revoke", (409, "stopped", {}), STOPPED),
    Race("revoke", "stop", (409, "not_held", {"reason": "revoked"}), REVOKED),
    Race("revoke", "change", (409, "not_held", {"reason": "revoked"}), REVOKED),
    Race(
        "stop",
        "bob pulls it",
        (409, "not_available", {"interactions": [{"id": 0, "why": "stopped"}]}),
        STOPPED,
    ),
    Race("revoke", "bob pulls it", (200,), REVOKED + PULLED),
    Race("log out", "revoke", (200,), LOGGED_OUT),
    Race("log out", "bob pulls it", (200,), LOGGED_OUT + PULLED),
]


def check(reply: Reply, race: Race, interaction: int) -> None:
    status, *code = race.answer
    if not code:
        reply.ok(status)
        return
    [name, more] = code
    if "interactions" in more:
        more = {"interactions": [one | {"id": interaction} for one in more["interactions"]]}
    assert more.items() <= reply.refused(status, name).items()


@pytest.mark.parametrize("given", RACES, ids=str)
def test_two_commands(stage: Stage, log: Log, given: Race) -> None:
    if given.is_held:
        [pulled] = stage.pull_it(stage.alice).ok()["interactions"]
        stage.party = pulled["party"]
    log.skip()
    won, lost = race(lambda: ACTS[given.winner](stage), lambda: ACTS[given.loser](stage))
    won.ok(204 if given.winner == "log out" else 200)
    check(lost, given, stage.interaction)
    assert log.brief() == given.log
    assert Party.objects.filter(ended_at=None).count() == (given.log[-1] in PULLED)
    audit()


# Those that write at their end alone. The others are kept apart by what they write, as well as by locks.
WRITE_LATE = ("place", "stop", "revoke", "change")
WAITERS = [given for given in RACES if given.winner in WRITE_LATE[:2] and given.loser in WRITE_LATE]


@pytest.mark.parametrize("given", WAITERS, ids=str)
def test_without_the_locks_it_would_be_noticed(
    held: Stage, log: Log, given: Race, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twins: nobody waits, both believe what they saw, and the log has more than it should."""
    looks = locks._LOCKED.replace("FOR NO KEY UPDATE OF p", "").replace("FOR NO KEY UPDATE", "")
    monkeypatch.setattr(locks, "_LOCKED", looks)
    log.skip()
    race_without_locks(lambda: ACTS[given.winner](held), lambda: ACTS[given.loser](held))
    assert log.brief() != given.log
