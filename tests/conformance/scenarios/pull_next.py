"""Pull next: the best over all queues that the agent may pull from."""

from ..cast import Agent
from ..floor import CHAT
from ..log import Log, pulled
from ..people import SOON, meanwhile
from ..places import Line


def pull(agent: Agent, **given: object) -> list[int]:
    return [one["id"] for one in agent.post("pull-next", **given).ok()["interactions"]]


def test_queue_by_queue(nina: Agent, next_first: Line, next_middle: Line, next_last: Line, log: Log) -> None:
    """In the order of their positions; a high priority in a later one does not go before."""
    last = next_last.add(priority=9)
    middle = next_middle.add()
    low, high = next_first.add(), next_first.add(priority=5)
    assert [pull(nina) for _ in range(5)] == [[high], [low], [middle], [last], []]
    log.tells(high, pulled("next-first"))


def test_paused_ones_are_passed_over(nina: Agent, next_paused: Line, next_last: Line) -> None:
    next_paused.add()
    mail = next_last.add()
    assert [pull(nina), pull(nina)] == [[mail], []]


def test_only_of_these_media(nina: Agent, next_first: Line, next_last: Line) -> None:
    mail, chat = next_first.add(), next_last.add(media_type=CHAT)
    assert pull(nina, media_types=[CHAT]) == [chat]
    assert pull(nina) == [mail]


def test_who_waits_gets_the_first_to_come(nina: Agent, next_middle: Line) -> None:
    """Into whichever of the queues."""
    waiting = meanwhile(lambda: pull(nina, wait_seconds=20))
    nina.server.settle()
    mail = next_middle.add()
    assert waiting.result(SOON) == [mail]


def test_what_it_may_say(nina: Agent) -> None:
    for wrong in (
        {"count": 1},
        {"wait_seconds": 31},
        {"media_types": "kit-mail"},
        {"queue": "kit-next-first"},
    ):
        nina.post("pull-next", **wrong).refused(400, "invalid")


def test_queues_are_those_the_agent_may_pull_from(nina: Agent, alice: Agent) -> None:
    seen = [one["name"] for one in nina.get("queues").ok()["queues"]]
    assert sorted(seen) == ["kit-next-first", "kit-next-last", "kit-next-middle", "kit-next-paused"]
    assert not set(seen) & {one["name"] for one in alice.get("queues").ok()["queues"]}
    alice.post("queues/kit-next-first/pull").refused(404, "not_found")
