"""The best over all queues: which queue, in which order, and who waits for it."""

from io import StringIO
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client

from interactions.models import Agent, Queue
from tests import cast
from tests.admin.stage import CORE, post
from tests.applications import SUPPORT, Desk, Log
from tests.audit import audit
from tests.clock import make_overdue
from tests.crowd import at_once, crowd
from tests.lines import settled
from tests.web import Web

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def queues(support: str) -> list[str]:
    """In the order in which they are served, which is not the one of their names."""
    Queue.objects.filter(name=support).update(position=2)
    cast.queue("zz-first", cast.TEAM, position=1)
    cast.queue("aa-last", cast.TEAM, position=3)
    cast.queue("others", "other-team", position=0)
    return ["zz-first", SUPPORT, "aa-last"]


def pull_next(desk: Desk, **given: object) -> list[int]:
    return [one["id"] for one in desk.post("pull-next", **given).ok()["interactions"]]


def test_queue_by_queue(queues: list[str], alice: Desk, log: Log) -> None:
    """A high priority in a later queue does not go before."""
    cast.fill(1, "others")
    [last] = cast.fill(1, "aa-last", priority=9)
    [middle] = cast.fill(1, SUPPORT)
    low, high = cast.fill(1, "zz-first") + cast.fill(1, "zz-first", priority=5)
    log.skip()
    assert [pull_next(alice) for _ in range(5)] == [[high], [low], [middle], [last], []]
    assert log.brief()[:2] == [
        "EventTakenFromQueue Pull by agent @zz-first",
        "EventPartyAdded Pull by agent @zz-first",
    ]
    audit()


def test_positions_are_set_by_a_file_and_in_the_admin(queues: list[str], alice: Desk, tmp_path: Path) -> None:
    first, middle, last = [cast.fill(1, name) for name in queues]
    file = tmp_path / "centre.yaml"
    file.write_text("queues: [{name: aa-last, position: -1}, {name: zz-first, position: 9}]")
    call_command("apply_config", str(file), stdout=StringIO())
    assert pull_next(alice) == last

    cast.admin("root")
    root = Client()
    root.force_login(User.objects.get(username="root"))
    support = Queue.objects.get(name=SUPPORT)
    groups = [group.pk for group in support.agent_groups.all()]
    page = f"{CORE}/queue/{support.pk}/change/"
    post(root, page, name=SUPPORT, position=10, agent_groups=groups)
    assert [pull_next(alice), pull_next(alice)] == [first, middle]


def test_paused_queues_are_passed_over(queues: list[str], alice: Desk) -> None:
    cast.fill(1, "zz-first")
    [one] = cast.fill(1, "aa-last")
    Queue.objects.filter(name="zz-first").update(is_paused=True)
    assert [pull_next(alice), pull_next(alice)] == [[one], []]
    Queue.objects.update(is_paused=True)
    assert pull_next(alice) == []


def test_media_types(queues: list[str], alice: Desk) -> None:
    cast.media_type("chat")
    [mail] = cast.fill(1, "aa-last")
    assert pull_next(alice, media_types=["chat"]) == []
    assert pull_next(alice, media_types=["chat", "email"]) == [mail]
    problem = alice.post("pull-next", media_types=["fax", "chat"]).refused(400, "invalid")
    assert problem["errors"] == {"media_types": ["There is no media type named 'fax'."]}


def test_what_is_overdue_comes_after_all_that_waits(queues: list[str], alice: Desk, bob: Desk) -> None:
    late, later = cast.fill(1, "zz-first") + cast.fill(1, SUPPORT)
    bob.take("zz-first")
    bob.take()
    make_overdue(late, later)
    [waits] = cast.fill(1, "aa-last")
    assert [pull_next(alice) for _ in range(4)] == [[waits], [late], [later], []]
    audit()


def test_an_agent_without_queues(support: str) -> None:
    cast.fill(1)
    cast.agent("carl")
    assert pull_next(cast.log_in("carl")) == []


def test_capacity(queues: list[str], alice: Desk) -> None:
    Agent.objects.update(capacity=1)
    cast.fill(2)
    assert len(pull_next(alice)) == 1
    alice.post("pull-next").refused(409, "capacity_reached")


def test_a_count_is_no_member_of_it(alice: Desk) -> None:
    problem = alice.post("pull-next", count=1).refused(400, "invalid")
    assert list(problem["errors"]) == ["count"]


def test_many_at_once(queues: list[str], alice: Desk) -> None:
    """Nobody waits for another, and nothing is taken twice."""
    ids = cast.fill(4, "zz-first") + cast.fill(4, SUPPORT) + cast.fill(4, "aa-last")
    for number in range(12):
        cast.agent(f"agent-{number}", cast.TEAM)
    desks = [cast.log_in(f"agent-{number}") for number in range(12)]
    found = at_once(*[lambda desk=desk: pull_next(desk) for desk in desks])
    assert sorted(found) == [[id] for id in sorted(ids)]
    audit()


def test_it_waits_for_the_first_of_any_queue(queues: list[str], site: Web, alice: Desk) -> None:
    waits = site.desk(alice)
    with crowd() as people:
        pull = people.start(lambda: pull_next(waits, wait_seconds=20))
        settled()
        cast.fill(1, "others")
        [one] = cast.fill(1, "aa-last")
        assert pull() == [one]
