"""An interaction's page, search, filters, and lists of many rows."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.test import Client
from django.test.utils import CaptureQueriesContext

from interactions import lifecycle, sessions
from interactions.admin import narrowing
from interactions.admin.interactions import InteractionAdmin
from interactions.models import (
    AgentGroup,
    Interaction,
    MediaType,
    Party,
    Place,
    PlaceGroup,
    Queue,
    Service,
)
from interactions.models.directory import Role
from reporting.models import Event
from tests.admin.stage import CORE, LISTS, Floor, make_agent, raise_alarm
from tests.hooks import webhook
from workbins.models import WorkbinType

pytestmark = pytest.mark.django_db


def test_an_interactions_page_tells_its_story(floor: Floor, root: Client) -> None:
    [id] = floor.submit(user_data={"subject": "<b>Hi</b>", "items": {"tier": "gold"}, "to": ["a@x", "b@x"]})
    floor.pull(floor.alice)
    page = root.get(f"{CORE}/interaction/{id}/change/").content.decode()
    assert "&lt;b&gt;Hi&lt;/b&gt;" in page and "<b>Hi</b>" not in page
    assert "<dt>tier</dt><dd>gold</dd>" in page
    assert page.index("<dt>subject</dt>") < page.index("<dt>to</dt>") < page.index("<dt>items</dt>")
    told = [page.index(f">{event.event}<") for event in Event.objects.filter(interaction=id).order_by("pk")]
    assert told == sorted(told) and len(told) == 4


@pytest.mark.parametrize("term", ["<m1@example.org>", "id"])
def test_search_finds_exactly(term: str, floor: Floor, root: Client) -> None:
    floor.submit(3)
    [id] = floor.submit(external_id="<m1@example.org>")
    found = root.get(f"{CORE}/interaction/", {"q": str(id) if term == "id" else term}).context["cl"]
    assert [row.pk for row in found.result_list] == [id]


@pytest.mark.parametrize(
    "path",
    [
        "interactions/interaction/?q=99999999999999999999&state__exact=queued&agent=alice&workbin=3",
        "interactions/interaction/?workbin=x&agent=%00",
        "interactions/interaction/?q=%00&expired=%D9%A3",
        "interactions/interaction/?q=%25&expired=99999999999999999999&waits=5",
        "interactions/party/?q=alice%25",
        "interactions/party/?shown=ended&agent__id__exact=1",
        "interactions/session/?shown=all&place__id__exact=1&q=%D9%A3",
        "reporting/event/?event=EventRevoked&minutes=60&interaction=1&queue=q&agent=a&workbin=1&session=",
        "reporting/event/?minutes=x&interaction=99999999999999999999",
        f"interactions/interaction/?q={'0' * 20}{'9' * 5000}",
        "workbins/workbin/?q=alice&type__owner_kind__exact=agent",
        "reporting/alarm/?state=x&queue=%00&name=a&q=99999999999999999999",
        "reporting/delivery/?state=x&webhook__id__exact=1&q=%D9%A3",
        "reporting/alarmrule/?q=a&is_active__exact=1",
    ],
)
def test_filters_take_anything(path: str, floor: Floor, root: Client) -> None:
    floor.submit()
    assert root.get(f"/admin/{path}", follow=True).status_code == 200


def listed(root: Client, **query: str) -> list[int]:
    return [row.pk for row in root.get(f"{CORE}/interaction/", query).context["cl"].result_list]


def grow_old(id: int, **fields: timedelta) -> None:
    Interaction.objects.filter(pk=id).update(**{name: Now() - age for name, age in fields.items()})


def test_what_waits_for_long_the_longest_first(floor: Floor, root: Client) -> None:
    young, old, older, held = floor.submit(4)
    for id, hours in ((old, 2), (older, 5), (held, 9)):
        grow_old(id, waiting_since=timedelta(hours=hours))
    Interaction.objects.filter(pk=held).update(priority=1)
    floor.pull(floor.alice)
    assert listed(root, waits="60") == [older, old]
    assert listed(root, waits="240") == [older]
    assert listed(root, waits="60", queue__id__exact=str(floor.other.pk)) == []
    assert listed(root, waits="0") == [older, old, young]


def test_what_came_in_when(floor: Floor, root: Client) -> None:
    today, before = floor.submit(2)
    grow_old(before, received_at=timedelta(days=3))
    assert listed(root, received="last-day") == [today]
    assert listed(root, received="last-week") == [before, today]
    assert listed(root, received="before-day") == [before]
    assert listed(root, received="before-week") == []


def test_by_a_part_of_the_subject(floor: Floor, root: Client) -> None:
    [order] = floor.submit(user_data={"subject": "Where is my ORDER 100%?"})
    [other] = floor.submit(user_data={"subject": "An invoice"}, external_id="<order>")
    floor.submit(user_data={"text": "order"})
    assert listed(root, subject="order") == [order]
    assert listed(root, subject="100%") == [order]
    assert listed(root, subject="%") == [order]
    assert listed(root, external_id="<order>") == [other]
    assert listed(root, subject="order", state__exact="stopped") == []


def test_a_search_for_words_of_the_subject(floor: Floor, root: Client) -> None:
    """What is named exactly goes first."""
    [order] = floor.submit(user_data={"subject": "Where is my ORDER?"})
    [named] = floor.submit(user_data={"subject": "An invoice"}, external_id="my order")
    assert listed(root, q="is my order") == [order]
    assert listed(root, q="my order") == [named]
    assert listed(root, q="my order", state__exact="stopped") == []
    [number] = floor.submit(user_data={"subject": f"Re: {order}"})
    assert listed(root, q=str(order)) == [order]
    assert listed(root, q=f"re: {order}") == [number]


def test_what_expired_most_often_first(floor: Floor, root: Client) -> None:
    once, often, stopped, *_ = floor.submit(4)
    for id, times in ((once, 1), (often, 4), (stopped, 9)):
        Interaction.objects.filter(pk=id).update(revocation_count=times)
    lifecycle.stop_processing(floor.gateway, stopped, None)
    Interaction.objects.filter(pk=stopped).update(revocation_count=9)
    assert listed(root, expired="1") == [often, once]
    assert listed(root, expired="2") == [often]
    assert listed(root, expired="1", queue__id__exact=str(floor.other.pk)) == []
    assert listed(root, expired="1", state__exact="stopped") == [stopped]


def test_the_list_of_what_expired_twice_or_more(floor: Floor, root: Client) -> None:
    """Says how often, where other lists say when it came in."""
    once, twice, often = floor.submit(3)
    for id, times in ((once, 1), (twice, 2), (often, 4)):
        Interaction.objects.filter(pk=id).update(revocation_count=times)
    [query] = [view.query for view in InteractionAdmin.views if view.title == "Expired twice or more"]
    answer = root.get(f"{CORE}/interaction/?{query}")
    assert [row.pk for row in answer.context["cl"].result_list] == [often, twice]
    shown = answer.content.decode()
    assert "4 times" in shown and "2 times" in shown
    assert "expired" not in root.get(f"{CORE}/interaction/").context["cl"].list_display


def test_filters_look_through_the_newest_and_a_search_through_all(
    floor: Floor, root: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(narrowing, "MOST_COUNTED", 2)
    first, *_, last = floor.submit(5, user_data={"subject": "Hello"})
    assert listed(root, subject="hello") == [last, last - 1]
    assert listed(root, q="hello") == [last, last - 1]
    assert listed(root, state__exact="queued") == [last, last - 1]
    assert listed(root, q=str(first), state__exact="queued") == [first]
    assert len(listed(root)) == 5


def test_holds_by_time_left_place_and_team(floor: Floor, root: Client) -> None:
    floor.submit(external_id="<soon@example.org>")
    floor.submit()
    soon, later = floor.pull(floor.alice, 2)
    Party.objects.filter(pk=soon.hold.id).update(deadline_at=Now() + timedelta(seconds=30))

    def holds(query: str) -> list[int]:
        return [row.pk for row in root.get(f"{CORE}/party/?{query}").context["cl"].result_list]

    assert holds("left=60") == [soon.hold.id]
    assert holds("left=0") == []
    assert later.hold.id in holds(f"q={later.id}")  # by the interaction
    assert holds("q=<soon@example.org>") == [soon.hold.id]
    assert holds(f"q={later.id + later.hold.id}") == []
    assert holds("q=alice") == [soon.hold.id, later.hold.id]
    assert holds(f"agent__groups__id__exact={floor.group.pk}") == [soon.hold.id, later.hold.id]
    assert holds(f"interaction__queue__id__exact={floor.other.pk}") == []


def test_a_list_tells_what_is_in_it_by_now(floor: Floor, root: Client) -> None:
    [id] = floor.submit()

    def mark() -> int:
        [[found, mark, left]] = root.get(f"{CORE}/interaction/live/?state__exact=queued").json()["rows"]
        assert (found, left) == (id, None)
        return mark

    before = mark()
    assert mark() == before
    Interaction.objects.filter(pk=id).update(priority=3)
    assert mark() != before
    [row] = floor.pull(floor.alice)
    assert root.get(f"{CORE}/interaction/live/?state__exact=queued").json()["rows"] == []
    [[party, _, left]] = root.get(f"{CORE}/party/live/").json()["rows"]
    assert party == row.hold.id and left > 0
    assert root.get(f"{CORE}/interaction/live/?state=x&nonsense__y=1").status_code == 400


def more_alarms(floor: Floor, numbers: range) -> None:
    for number in numbers:
        queue = Queue.objects.create(name=f"queue-{number}")
        queue.agent_groups.add(floor.group)
        lifecycle.submit(floor.gateway, [lifecycle.Submission(queue, floor.media)])
        webhook(f"http://127.0.0.1:1/{number}")
        raise_alarm(queue)


def more_rows(floor: Floor, count: int) -> None:
    start = Interaction.objects.count()
    more_alarms(floor, range(start, start + count))
    floor.submit(count)
    pulled = floor.pull(floor.alice, count)
    private = Queue.objects.filter(is_private=True)[0]
    lifecycle.place(floor.alice, pulled[0].id, pulled[0].hold.id, private)
    types = [WorkbinType(name=f"type-{start + number}", owner_kind="place") for number in range(count)]
    WorkbinType.objects.bulk_create(types)  # without a workbin for each place
    for number in range(start, start + count):
        agent = make_agent(f"agent-{number}", floor.group)
        sessions.log_in(agent.user.username, f"{agent.user.username} knows", "desk", "desk-17")
        place = Place.objects.create(name=f"place-{number}")
        place.groups.add(PlaceGroup.objects.create(name=f"place-group-{number}"))
        MediaType.objects.create(name=f"media-{number}")
        AgentGroup.objects.create(name=f"group-{number}")
        Service.objects.create(name=f"service-{number}", role=Role.MEDIA_SERVER)


LIVE = [f"interactions/{name}" for name in ("interaction", "party", "session", "queue")]
LIVE += [f"reporting/{name}" for name in ("alarm", "delivery", "webhook")]


def test_queries_do_not_grow_with_rows(floor: Floor, root: Client) -> None:
    def count(path: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert root.get(path).status_code == 200
        return len(queries)

    live = [f"/admin/{name}/live/" for name in LIVE]
    terms = ("subject=a", "q=a", "expired=1", "waits=0", "state__exact=queued")
    asked = [f"{CORE}/interaction/?{each}" for each in terms]
    paths = [*(f"/admin/{name}/" for name in LISTS), f"{CORE}/party/?shown=all", *live, *asked]
    more_rows(floor, 5)
    few = {path: count(path) for path in paths}
    more_rows(floor, 45)
    assert {path: count(path) for path in paths} == few
    assert max(few.values()) <= 12, few
