"""docs/permissions.md is what the server does: every cell of its table is asked for."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db.models import Q
from django.test import override_settings
from django.urls import get_resolver

from interactions import access
from interactions.api.base import AGENT, MEDIA_SERVER
from interactions.models import Agent
from tests import cast, tables
from tests.applications import SUPPORT, Application, Desk
from tests.cheap_passwords import PASSWORD_HASHERS
from tests.permissions import requests, stash
from tests.permissions.table import DOCUMENT, Row, differences, read, routes, written
from tests.permissions.world import AGENTS, NOT_THERE, SALES, World, build
from workbins.api.workbins import ContentView

pytestmark = pytest.mark.django_db(transaction=True)

TABLE = read(DOCUMENT.read_text())
COLUMNS = [*TABLE[0].cells]
BY_REQUEST = {name: [*rows] for name, rows in groupby(sorted(TABLE, key=str), lambda row: row.key[0])}


@pytest.fixture(scope="module")
def built(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    quick_hashes = override_settings(PASSWORD_HASHERS=PASSWORD_HASHERS)
    with django_db_blocker.unblock():
        with quick_hashes:
            world = build()
        stash.put_by()
        tables.empty()
        yield world
        stash.forget()


@pytest.fixture
def world(built: World, transactional_db: None) -> World:
    stash.put_back()
    return built


@pytest.mark.parametrize("request_", BY_REQUEST)
def test_every_cell(world: World, request_: str) -> None:
    assert differences(world, BY_REQUEST[request_]) == []


def test_every_request_of_the_api_is_in_the_table() -> None:
    assert {row.key[0] for row in TABLE} == routes(get_resolver().url_patterns)


def test_every_line_is_asked_for_once() -> None:
    assert sorted(row.key for row in TABLE) == sorted(requests.REQUESTS)


# --- What the statuses do not show ----------------------------------------------------------------


def rows_of(request: str) -> dict[str, Row]:
    return {row.key[1]: row for row in BY_REQUEST[request]}


FILTERS: list[dict[str, Any]] = [
    {},
    {"queue": SUPPORT},
    {"queue": SALES},
    {"agent": "alice"},
    {"agent": "bob"},
    {"agent": "nina"},
    {"state": "stopped"},
    {"media_type": "email", "state": "queued"},
    {"external_id": f"<1@{SALES}>"},
]


def test_find_lists_what_may_be_looked_at(world: World) -> None:
    looks = rows_of("GET interactions/{interaction}")
    for query in [*FILTERS, *({"workbin": workbin} for workbin in world.workbins.values())]:
        everything = found(world.callers["admin"], query)
        assert everything
        for caller in [one for one in COLUMNS if one not in ("admin", "anonymous")]:
            seen = {id for what, id in world.interactions.items() if looks[what].cells[caller] == "200"}
            assert found(world.callers[caller], query) == [id for id in everything if id in seen], query


def found(application: Application, query: dict[str, Any]) -> list[int]:
    return [one["id"] for one in application.get("interactions", limit=200, **query).ok()["results"]]


@pytest.mark.parametrize("caller", AGENTS)
def test_lists_have_what_may_be_pulled_from(world: World, caller: str) -> None:
    application = world.callers[caller]
    queues = {one["name"] for one in application.get("queues").ok()["queues"]}
    pulls = rows_of("POST queues/{name}/pull")
    for name, what in ((SUPPORT, "the team's queue"), (SALES, "another team's queue")):
        assert (name in queues) is (pulls[what].cells[caller] == "200")
    workbins = {one["id"] for one in application.get("workbins").ok()["workbins"]}
    contents = rows_of("GET workbins/{workbin}/content")
    for owner, workbin in world.workbins.items():
        assert (workbin in workbins) is (contents[owner].cells[caller] == "200")


@pytest.mark.parametrize("caller", AGENTS)
def test_subscribed_to_all_but_told_of_what_may_be_seen(world: World, caller: str) -> None:
    desk = world.callers[caller]
    assert isinstance(desk, Desk)
    owners = [owner for owner in world.workbins if owner != "of the team"]
    cursor = desk.get("events").ok()["cursor"]
    for owner in owners:
        world.callers["media server"].change(
            world.interactions[f"waits in the workbin {owner}"], priority=7
        ).ok()
    contents = rows_of("GET workbins/{workbin}/content")
    seen = [world.workbins[owner] for owner in owners if contents[owner].cells[caller] == "200"]
    assert [event["workbin"] for event in desk.get("events", after=cursor).ok()["events"]] == seen


def test_a_404_does_not_tell_what_is_hidden_from_what_is_not_there(world: World) -> None:
    told: dict[bool, set[tuple[str, str]]] = {True: set(), False: set()}
    for row in TABLE:
        if row.cells["stranger"] == "404":
            body = str(requests.send(world, row.key, "stranger").refused(404, "not_found"))
            is_there = row.cells["admin"] != "404"
            told[is_there].add((row.key[0], re.sub("named '[^']*'", "named so", body)))
    assert told[True]
    assert told[True] <= told[False]  # queues are no secret: whoever holds something may place it in any


def test_nor_does_a_wrong_media_type(world: World) -> None:
    for workbin in (world.workbins["of a foreign agent"], NOT_THERE):
        reply = world.callers["agent"].submit(workbin=workbin, media_type="telex")
        assert list(reply.refused(400, "invalid")["errors"]) == ["media_type"]


ALIKE = {"", "the team's queue", "of the team", "of the agent", "held by the agent", *requests.WAITING[:3]}


@pytest.mark.parametrize(
    ("caller", "becomes"), [("member", "stranger"), ("supervisor", "member"), ("admin", "stranger")]
)
def test_a_right_that_is_withdrawn_counts_from_the_next_request_on(
    world: World, caller: str, becomes: str
) -> None:
    """Though the session lives on: what was answered or changed before is refused, or hidden."""
    match caller:
        case "member":
            Agent.objects.get(user__username="bob").groups.clear()
        case "supervisor":
            Agent.objects.filter(user__username="lena").update(is_supervisor=False)
        case "admin":
            User.objects.filter(username="root").update(is_superuser=False)
    world = replace(world, own=world.own | {becomes: world.own[caller]})
    for row in TABLE:
        cell = row.cells[becomes]
        if row.key[1] in ALIKE and (cell > "400" or row.key[0].startswith("GET")):
            reply = requests.send(world, row.key, becomes, world.callers[caller])
            assert written(reply) == cell, str(row)


# --- Twins ----------------------------------------------------------------------------------------

LOOK = """
## The table

| request | about | stranger | agent |
|---|---|---|---|
| `GET {it}`<br>`POST {it}/revoke` | held by the agent | 404 | 200 |
""".replace("{it}", "interactions/{interaction}")


def test_a_wrong_cell_is_found(world: World) -> None:
    assert differences(world, read(LOOK)) == [
        "POST interactions/{interaction}/revoke: held by the agent, agent: 403 instead of 200"
    ]


def test_a_missing_line_is_found() -> None:
    missing = routes(get_resolver().url_patterns) - {row.key[0] for row in read(LOOK)}
    assert {"POST keep-alive", "DELETE sessions/current", "PUT workbins/{workbin}/subscription"} <= missing
    assert "GET interactions/{interaction}" not in missing


def test_a_view_for_more_roles_is_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ContentView, "roles", frozenset({AGENT, MEDIA_SERVER}))
    lines = differences(world, BY_REQUEST["GET workbins/{workbin}/content"])
    assert "GET workbins/{workbin}/content: of the team, media server: 200 instead of 403" in lines
    assert all("media server" in line for line in lines)


def test_a_rule_that_gives_too_much_is_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "pull_rules", [*access.pull_rules, lambda caller: Q(is_private=False)])
    lines = differences(world, BY_REQUEST["GET interactions/{interaction}"])
    assert any("in another team's queue, agent: 200 instead of 404" in line for line in lines)


def test_a_refused_request_that_changes_something_is_found(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ask(world: World, caller: str) -> requests.Request:
        cast.group("made-on-the-way")
        return "POST", f"queues/{SALES}/pull", {}

    [row] = read(LOOK.replace("GET interactions/{interaction}`<br>`", ""))
    monkeypatch.setitem(requests.REQUESTS, row.key, ask)
    [line, _] = differences(world, [row])
    assert "stranger: 404, and changed interactions_agentgroup" in line
