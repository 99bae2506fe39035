"""Who uses the admin: operators, supervisors and auditors, by groups that come with the server."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.core.management import call_command
from django.test import Client

from config import roles
from interactions import lifecycle
from interactions.callers import AdminCaller
from interactions.models import Agent, AgentGroup, Interaction, Queue, Session
from reporting.models import Event
from tests.admin.stage import CORE, Floor, commits, enter, last_event, make_agent, run_action, state_of
from tests.imports import ROOT

pytestmark = commits
NAMES = ("operator", "supervisor", "auditor")
ADMIN = AdminCaller("root")


@pytest.fixture
def lena(given: None, floor: Floor, client: Client) -> Client:
    """Supervises the e-mail team."""
    Agent.objects.filter(pk=make_agent("lena", floor.group).pk).update(is_supervisor=True)
    return enter(client, "lena", "supervisor")


@pytest.fixture
def olga(given: None, client: Client) -> Client:
    return enter(client, "olga", "operator")


@pytest.fixture
def anton(given: None, client: Client) -> Client:
    return enter(client, "anton", "auditor")


def listed(client: Client, model: str = "interaction", query: str = "") -> list[int]:
    answer = client.get(f"{CORE}/{model}/{query}")
    assert answer.status_code == 200
    return sorted(row.pk for row in answer.context["cl"].result_list)


def permissions_of(role: str) -> set[str]:
    return set(Group.objects.get(name=role).permissions.values_list("codename", flat=True))


def test_migrate_makes_them() -> None:
    Group.objects.all().delete()
    call_command("migrate", verbosity=0)
    assert {role: permissions_of(role) for role in NAMES} == roles.ROLES


def test_said_again_they_are_the_same(given: None) -> None:
    first = {role: permissions_of(role) for role in NAMES}
    Group.objects.get(name="auditor").permissions.add(Permission.objects.get(codename="add_user"))
    Group.objects.create(name="others")
    roles.provide()
    assert {role: permissions_of(role) for role in NAMES} == first == roles.ROLES
    assert Group.objects.count() == len(NAMES) + 1


def test_the_document_says_what_they_may() -> None:
    """Each line of the table has a permission, and each role a cell."""
    text = (ROOT / "docs" / "permissions.md").read_text().partition("### Roles")[2].partition("\n## ")[0]
    lines = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if "|" in line
    ]
    [_, *columns], _, *body = lines
    assert tuple(columns) == NAMES
    said: dict[str, set[str]] = {role: set() for role in NAMES}
    for names, *cells in body:
        for role, cell in zip(NAMES, cells, strict=True):
            if cell == "yes":
                said[role] |= set(re.findall(r"`(\w+)`", names))
    assert said == roles.ROLES


def test_an_operator_runs_the_floor(floor: Floor, olga: Client) -> None:
    first, second = floor.submit(2)
    floor.pull(floor.alice)
    before = last_event()
    assert "1 interaction revoked." in run_action(olga, "interaction", "revoke", [first])
    placed = run_action(olga, "interaction", "place", [second], queue=floor.other.pk)
    assert "1 interaction placed." in placed
    assert "1 queue paused." in run_action(olga, "queue", "pause", [floor.queue.pk])
    assert "1 session ended." in run_action(olga, "session", "end", [floor.alice.session])
    actors = {str(event.actor) for event in Event.objects.filter(pk__gt=before)}
    assert actors == {str({"kind": "admin", "name": "olga"})}
    assert olga.get(f"{CORE}/queue/add/").status_code == 200
    run_action(olga, "agent", "deactivate", [floor.bob.agent_id])
    assert not User.objects.get(username="bob").is_active


def test_an_operator_is_no_superuser(floor: Floor, olga: Client) -> None:
    """Neither a program's token nor a user's rights, nor to shut out those who have more."""
    User.objects.filter(username="bob").update(is_superuser=True)
    page = run_action(olga, "agent", "deactivate", [floor.bob.agent_id])
    assert "only a superuser may switch such users on or off" in page
    assert User.objects.get(username="bob").is_active
    for path in (f"{CORE}/service/1/issue-token/", "/admin/auth/user/add/", f"{CORE}/service/add/"):
        assert olga.get(path).status_code in (403, 404)
    user = User.objects.get(username="olga")
    olga.post(f"/admin/auth/user/{user.pk}/change/", {"username": "olga", "is_superuser": "on"})
    assert not User.objects.get(username="olga").is_superuser


def test_an_auditor_sees_all_and_changes_nothing(floor: Floor, anton: Client) -> None:
    [id] = floor.submit()
    floor.pull(floor.alice)
    for path in ("interaction", "party", "session", "queue", "agent", "service"):
        assert anton.get(f"{CORE}/{path}/").status_code == 200
    for path in ("/admin/reporting/event/", "/admin/auth/user/", "/admin/admin/logentry/", "/admin/"):
        assert anton.get(path).status_code == 200
    for model, action, pk in (
        ("interaction", "stop", id),
        ("queue", "pause", floor.queue.pk),
        ("session", "end", floor.alice.session),
        ("agent", "deactivate", floor.alice.agent_id),
    ):
        run_action(anton, model, action, [pk])
    assert anton.post(f"{CORE}/interaction/{id}/stop/", {"confirmed": "yes"}).status_code == 403
    assert anton.post(f"{CORE}/queue/{floor.queue.pk}/pause/", {"confirmed": "yes"}).status_code == 403
    assert state_of(id) == "handling"
    assert not Queue.objects.get(pk=floor.queue.pk).is_paused
    assert Session.objects.filter(ended_at=None).count() == 2
    assert User.objects.get(username="alice").is_active


def theirs(floor: Floor, count: int = 1) -> list[int]:
    """What stands in a queue of another team."""
    group, _ = AgentGroup.objects.get_or_create(name="leads-team")
    floor.other.agent_groups.add(group)
    ids = floor.submit(count, user_data={"subject": "Their lamp"})
    for id in ids:
        lifecycle.place(ADMIN, id, None, floor.other)
    return ids


def test_a_supervisor_sees_what_the_own_team_has(floor: Floor, lena: Client) -> None:
    [foreign] = theirs(floor)
    ours = sorted(floor.submit(3, user_data={"subject": "A lamp"}))
    [held] = floor.pull(floor.alice)
    assert listed(lena) == ours
    assert listed(lena, query=f"?q={foreign}") == []
    assert listed(lena, query="?q=lamp") == ours
    assert listed(lena, query="?state__exact=handling") == [held.id]
    assert listed(lena, query=f"?queue__id__exact={floor.other.pk}") == []
    assert listed(lena, "party") == [held.hold.id]
    assert lena.get(f"{CORE}/interaction/{ours[0]}/change/").status_code == 200
    assert lena.get(f"{CORE}/interaction/{foreign}/change/").headers["Location"] == "/admin/"
    live = lena.get(f"{CORE}/interaction/live/").json()["rows"]
    assert sorted(id for id, *_ in live) == ours


def test_a_supervisor_commands_that_and_no_more(floor: Floor, lena: Client) -> None:
    [foreign] = theirs(floor)
    first, second = floor.submit(2)
    floor.pull(floor.alice)
    before = last_event()
    assert "1 interaction revoked." in run_action(lena, "interaction", "revoke", [first, foreign])
    run_action(lena, "interaction", "prioritise", [second, foreign], priority=4)
    run_action(lena, "interaction", "stop", [second, foreign], reason="done")
    assert (state_of(second), state_of(foreign)) == ("stopped", "queued")
    assert Interaction.objects.get(pk=foreign).priority == 0
    actors = {str(event.actor) for event in Event.objects.filter(pk__gt=before)}
    assert actors == {str({"kind": "agent", "name": "lena"})}
    run_action(lena, "interaction", "place", [first], queue=floor.other.pk)  # operators do
    assert Interaction.objects.get(pk=first).queue == floor.queue


def test_who_supervises_nobody_sees_nothing(floor: Floor, lena: Client) -> None:
    """The twin: the role without the agent's own right."""
    floor.submit()
    Agent.objects.filter(user__username="lena").update(is_supervisor=False)
    assert lena.get(f"{CORE}/interaction/").status_code == 403
    assert lena.get(f"{CORE}/party/").status_code == 403
    assert lena.get(f"{CORE}/interaction/live/").status_code == 403


def test_what_is_asked_of_the_dashboard_stays_in_the_team(floor: Floor, lena: Client) -> None:
    floor.submit(user_data={"subject": "of any team"})
    rows: Any = lena.get("/admin/dashboard/data").json()["oldest"]
    assert [row["subject"] for row in rows] == [None]
