"""Workbins: who has which, who may see and pull, what a client is shown of them."""

import pytest
from django.contrib.auth.models import User

from interactions.models import Agent, Place, PlaceGroup, Queue
from tests import cast
from tests.applications import Application, Desk, Json
from workbins.models import OwnerKind, Workbin, WorkbinType
from workbins.provision import provision_workbins

pytestmark = pytest.mark.django_db(transaction=True)


def seen_by(desk: Application) -> set[tuple[str, str]]:
    return {(found["owner_kind"], found["owner"]) for found in desk.get("workbins").ok()["workbins"]}


@pytest.fixture
def every_kind(support: str) -> None:
    """One type for each kind of owner; owners of our cast and strangers."""
    for kind in OwnerKind.values:
        WorkbinType.objects.create(name=kind, owner_kind=kind, display_name=kind.title())
    cast.place("desk-17", "floor-2")
    cast.place("desk-18", "floor-3")
    cast.agent("olaf", "sales-team")


STRANGERS = {
    ("agent", "olaf"),
    ("agent_group", "sales-team"),
    ("place", "desk-18"),
    ("place_group", "floor-3"),
}


def test_an_agent_sees_the_own_and_those_of_group_and_desk(every_kind: None, bob: Desk) -> None:
    cast.agent("alice", cast.TEAM)
    assert seen_by(cast.log_in("alice")) == {("agent", "alice"), ("agent_group", cast.TEAM)}
    assert seen_by(cast.log_in("alice", place="desk-17")) == {
        ("agent", "alice"),
        ("agent_group", cast.TEAM),
        ("place", "desk-17"),
        ("place_group", "floor-2"),
    }


def test_a_supervisor_sees_those_of_her_agents(every_kind: None, alice: Desk, lena: Desk) -> None:
    assert seen_by(lena) == {("agent", "alice"), ("agent", "lena"), ("agent_group", cast.TEAM)}


def test_an_admin_and_a_media_server_see_all(
    every_kind: None, root: Desk, alice: Desk, gateway: Application
) -> None:
    for application in (root, gateway):
        assert seen_by(application) >= STRANGERS | {("agent", "alice"), ("agent_group", cast.TEAM)}


@pytest.mark.parametrize("owner", sorted(STRANGERS))
def test_strangers_workbins_are_not_there(every_kind: None, alice: Desk, owner: tuple[str, str]) -> None:
    kind, name = owner
    field = "user__username" if kind == "agent" else "name"
    workbin = Workbin.objects.get(**{f"{kind}__{field}": name}).pk
    [interaction] = cast.fill(1, workbin)
    for reply in (
        alice.get(f"workbins/{workbin}/content"),
        alice.post(f"workbins/{workbin}/pull", count=1),
        alice.post(f"workbins/{workbin}/pull", interactions=[interaction]),
        alice.send("PUT", f"workbins/{workbin}/subscription"),
        alice.send("DELETE", f"workbins/{workbin}/subscription"),
        alice.get(f"interactions/{interaction}"),
    ):
        reply.refused(404, "not_found")


@pytest.mark.parametrize("kind", OwnerKind.values)
def test_what_is_seen_may_be_pulled(every_kind: None, kind: str) -> None:
    cast.agent("alice", cast.TEAM)
    alice = cast.log_in("alice", place="desk-17")
    [workbin] = [one["id"] for one in alice.get("workbins").ok()["workbins"] if one["owner_kind"] == kind]
    waiting = cast.fill(2, workbin)
    content = alice.get(f"workbins/{workbin}/content").ok()
    assert (content["event"], content["workbin"]) == ("EventWorkbinContent", workbin)
    assert [one["id"] for one in content["interactions"]] == waiting
    pulled = alice.post(f"workbins/{workbin}/pull", count=1).ok()["interactions"]
    assert [one["id"] for one in pulled] == waiting[:1]
    [counts] = [one for one in alice.get("workbins").ok()["workbins"] if one["id"] == workbin]
    assert (counts["waiting"], counts["held"]) == (1, 1)
    content = alice.get(f"workbins/{workbin}/content").ok()
    assert [one["id"] for one in content["interactions"]] == waiting[1:]  # only what waits


def test_types(every_kind: None, alice: Desk) -> None:
    reply = alice.get("workbin-types").ok()
    assert reply["event"] == "EventWorkbinTypesInfo"
    assert reply["workbin_types"] == [
        {"name": kind, "display_name": kind.title(), "owner_kind": kind} for kind in sorted(OwnerKind.values)
    ]


def test_content_page_by_page(alice: Desk) -> None:
    drafts = cast.drafts_of("alice")
    waiting = [*cast.fill(3, drafts, priority=5), *cast.fill(4, drafts)]
    path, pages = f"workbins/{drafts}/content", []
    query: dict[str, str] = {}
    while True:
        page = alice.get(path, limit=3, **query).ok()
        pages.append(page)
        if page["next"] is None:
            break
        query = {"cursor": page["next"]}
    assert [[one["id"] for one in page["interactions"]] for page in pages] == [
        waiting[:3],
        waiting[3:6],
        waiting[6:],
    ]
    back = alice.get(path, limit=3, cursor=pages[-1]["previous"]).ok()
    assert back["interactions"] == pages[1]["interactions"]
    assert pages[0]["previous"] is None


def shown(page: Json) -> list[int]:
    return [one["id"] for one in page["interactions"]]


def test_content_that_changes_between_two_pages(alice: Desk, gateway: Application) -> None:
    """Pages hang on the line's order and on no count: nothing that waits is passed over or shown twice."""
    drafts = cast.drafts_of("alice")
    path = f"workbins/{drafts}/content"
    a, b, c, d, e, f = cast.fill(6, drafts)
    first = alice.get(path, limit=2).ok()
    assert shown(first) == [a, b]

    alice.post(f"workbins/{drafts}/pull", interactions=[a, b, c]).ok()  # the page's end is gone, too
    [urgent] = cast.fill(1, drafts, priority=9)
    [last] = cast.fill(1, drafts)
    second = alice.get(path, limit=2, cursor=first["next"]).ok()
    assert shown(second) == [d, e]
    third = alice.get(path, limit=2, cursor=second["next"]).ok()
    assert (shown(third), third["next"]) == ([f, last], None)

    gateway.stop(d).ok()
    back = alice.get(path, limit=2, cursor=third["previous"]).ok()
    assert shown(back) == [urgent, e]
    assert (back["previous"], shown(alice.get(path, limit=2, cursor=back["next"]).ok())) == (None, [f, last])
    [held] = [one for one in alice.parties() if one["interaction"] == b]
    alice.place_in_queue(held).ok()  # back into its workbin, at the end of the line
    again = alice.get(path, limit=2, cursor=back["next"]).ok()
    assert shown(alice.get(path, limit=2, cursor=again["next"]).ok()) == [b]


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 200])
def test_content_forwards_and_backwards(alice: Desk, limit: int) -> None:
    drafts = cast.drafts_of("alice")
    low, high = cast.fill(4, drafts, priority=-3), cast.fill(3, drafts, priority=2)
    path, every = f"workbins/{drafts}/content", [*high, *low]
    forwards = [alice.get(path, limit=limit).ok()]
    while (cursor := forwards[-1]["next"]) and len(forwards) < 10:
        forwards.append(alice.get(path, limit=limit, cursor=cursor).ok())
    backwards = forwards[-1:]
    while (cursor := backwards[0]["previous"]) and len(backwards) < 10:
        backwards.insert(0, alice.get(path, limit=limit, cursor=cursor).ok())
    assert [shown(page) for page in forwards] == [shown(page) for page in backwards]
    assert [id for page in forwards for id in shown(page)] == every
    assert [len(shown(page)) for page in forwards[:-1]] == [limit] * (len(forwards) - 1)


def test_an_empty_one(alice: Desk) -> None:
    drafts = cast.drafts_of("alice")
    assert alice.get(f"workbins/{drafts}/content").ok() == {
        "event": "EventWorkbinContent",
        "workbin": drafts,
        "interactions": [],
        "next": None,
        "previous": None,
    }


# --- Provisioning ---------------------------------------------------------------------------------


def test_owners_that_come_later_have_theirs(every_kind: None) -> None:
    before = Workbin.objects.count()
    new = Agent.objects.create(user=User.objects.create_user("nina"))
    group = cast.group("night-team")
    place = Place.objects.create(name="desk-99")
    floor = PlaceGroup.objects.create(name="floor-9")
    for kind, owner in (("agent", new), ("agent_group", group), ("place", place), ("place_group", floor)):
        assert Workbin.objects.get(**{kind: owner}).type.name == kind
    assert Workbin.objects.count() == before + 4


def test_a_type_that_comes_later_has_one_for_each(every_kind: None) -> None:
    WorkbinType.objects.create(name="drafts", owner_kind=OwnerKind.AGENT)
    assert Workbin.objects.filter(type__name="drafts").count() == Agent.objects.count() > 0


def test_twice_makes_no_second(every_kind: None) -> None:
    before = Workbin.objects.count()
    assert provision_workbins() == 0
    assert Workbin.objects.count() == before
    Workbin.objects.all().delete()
    Queue.objects.filter(is_private=True).delete()
    assert provision_workbins() == before  # the twin
