"""An interaction's page, search, filters, and lists of many rows."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from interactions import lifecycle, sessions
from interactions.models import (
    AgentGroup,
    Interaction,
    MediaType,
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
        "interactions/party/?shown=ended&agent__id__exact=1",
        "interactions/session/?shown=all&place__id__exact=1&q=%D9%A3",
        "reporting/event/?event=EventRevoked&minutes=60&interaction=1&queue=q&agent=a&workbin=1&session=",
        "reporting/event/?minutes=x&interaction=99999999999999999999",
        "workbins/workbin/?q=alice&type__owner_kind__exact=agent",
        "reporting/alarm/?state=x&queue=%00&name=a&q=99999999999999999999",
        "reporting/delivery/?state=x&webhook__id__exact=1&q=%D9%A3",
        "reporting/alarmrule/?q=a&is_active__exact=1",
    ],
)
def test_filters_take_anything(path: str, floor: Floor, root: Client) -> None:
    floor.submit()
    assert root.get(f"/admin/{path}", follow=True).status_code == 200


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


def test_queries_do_not_grow_with_rows(floor: Floor, root: Client) -> None:
    def count(path: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert root.get(path).status_code == 200
        return len(queries)

    paths = [f"/admin/{name}/" for name in LISTS] + [f"{CORE}/party/?shown=all"]
    more_rows(floor, 3)
    few = {path: count(path) for path in paths}
    more_rows(floor, 27)
    assert {path: count(path) for path in paths} == few
    assert max(few.values()) <= 12, few
