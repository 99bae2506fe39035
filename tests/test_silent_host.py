"""The database's host is gone without a word: no connection breaks, and nothing comes any more."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from interactions import commands
from interactions.sql import fetch_value
from tests.applications import Desk
from tests.crowd import crowd
from tests.faults.checks import ANSWER
from tests.silent import Way, way_to

pytestmark = pytest.mark.django_db(transaction=True)

QUICK = {"tcp_user_timeout": 1000, "keepalives_idle": 1, "keepalives_interval": 1, "keepalives_count": 1}


def by(
    way: Way, act: Callable[[], Any], attention: dict[str, int], *, for_good: bool = False
) -> Callable[[], Any]:
    """As a process does that has connected by this way, and been served before the host was gone."""

    def go() -> Any:
        known = connection.settings_dict
        options = known["OPTIONS"] | attention
        connection.settings_dict = known | {"HOST": "127.0.0.1", "PORT": str(way.port), "OPTIONS": options}
        fetch_value("SELECT 1")
        way.vanish(for_good=for_good)
        return act()

    return go


@pytest.fixture
def path() -> Path:
    host = connection.settings_dict["HOST"] or connection.settings_dict["OPTIONS"]["host"]
    return Path(host, ".s.PGSQL.5432")


def test_it_is_asked_elsewhere(alice: Desk, path: Path) -> None:
    with way_to(str(path)) as way, crowd(options="") as people:
        keeping = people.start(by(way, alice.keep_alive, QUICK))
        assert keeping().ok()["parties"] == []
        assert len(way.clients) == 2


def test_nobody_has_taken_its_place(alice: Desk, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not asked for again and again, each time for as long as it takes to give up."""
    monkeypatch.setattr(commands, "PATIENCE", 2.5)
    with way_to(str(path)) as way, crowd(options="") as people:
        keeping = people.start(by(way, alice.keep_alive, QUICK | {"connect_timeout": 2}, for_good=True))
        keeping().refused(503, "unavailable")
        assert len(way.clients) < commands.ATTEMPTS - 1


def test_within_ten_seconds() -> None:
    """Both what is under way and who waits for an answer; then it is asked elsewhere, and answered in 15."""
    found = settings.DATABASES["default"]["OPTIONS"]
    assert found["tcp_user_timeout"] <= 10_000
    assert found["keepalives_idle"] + found["keepalives_interval"] * found["keepalives_count"] <= 10
    assert found["tcp_user_timeout"] / 1000 < commands.PATIENCE < ANSWER - found["connect_timeout"]
