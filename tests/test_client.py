"""The Python client against a real web process: pull, and what is lost on the way."""

import asyncio

import pytest

from interactions.models import Party, Queue, Session
from tests import cast
from tests.applications import SUPPORT, Application, Log
from tests.clients import LONG, elsewhere, first, logged_in, play, shorten
from tests.clock import make_overdue
from tests.cutter import Cutter
from tests.processes import until
from tests.web import Web
from workbin_client import Client, Refused, Unreachable

pytestmark = pytest.mark.django_db(transaction=True)


def test_one_after_the_other(site: Web, absent_alice: str, log: Log) -> None:
    waiting = cast.fill(3)

    async def scene() -> None:
        async with logged_in(site.url) as client:
            done = []
            async for interaction in client.pull(SUPPORT, media_types=["email"]):
                async with client.hold(interaction) as hold:
                    await hold.stop("Answered")
                done.append(interaction["id"])
                if len(done) == 2:
                    await elsewhere(lambda: cast.fill(1))
                if len(done) == 4:
                    break
            assert done[:3] == waiting

    log.skip()
    play(scene)
    events = log.new()
    assert [event["event"] for event in events].count("EventProcessingStopped") == 4
    assert [events[0]["event"], events[-1]["event"]] == ["EventAgentLogin", "EventAgentLogout"]
    assert not Session.objects.filter(ended_at=None, agent__user__username="alice").exists()


def test_the_next_of_any_queue_with_more_to_say_of_it(site: Web, absent_alice: str, log: Log) -> None:
    cast.queue("last", cast.TEAM, position=9)
    [one] = cast.fill(1, "last", user_data={"topic": "?", "draft": True})

    async def scene() -> None:
        async with logged_in(site.url) as client:
            found = await first(client.pull_next(media_types=["email"]))
            assert found["id"] == one
            async with client.hold(found) as hold:
                changed = await hold.change(user_data={"topic": "billing", "draft": None}, priority=3)
                assert (changed["user_data"], changed["priority"]) == ({"topic": "billing"}, 3)
                assert hold.interaction == changed
                await hold.place_in_queue(SUPPORT)

    log.skip()
    play(scene)
    changes = [event for event in log.new() if event["event"] == "EventPropertiesChanged"]
    assert [event["attributes"] for event in changes] == [
        {"added": [], "changed": ["priority", "topic"], "deleted": ["draft"], "revision": 1}
    ]


def test_what_passes_by_itself_is_waited_for(site: Web, absent_alice: str) -> None:
    [one] = cast.fill(1)
    Queue.objects.update(is_paused=True)

    async def scene() -> None:
        async with logged_in(site.url) as client:
            found = asyncio.create_task(first(client.pull(SUPPORT)))
            await asyncio.sleep(0.5)
            assert not found.done()
            await elsewhere(lambda: Queue.objects.update(is_paused=False))
            assert (await found)["id"] == one

    play(scene)


def test_what_does_not_pass_is_raised(site: Web, absent_alice: str) -> None:
    async def scene() -> None:
        async with logged_in(site.url) as client:
            with pytest.raises(Refused) as caught:
                await first(client.pull("nowhere"))
            assert (caught.value.status, caught.value.code) == (404, "not_found")
            with pytest.raises(Refused, match="401 not_authenticated") as caught:
                await client.log_in("alice", "wrong")
        async with Client(site.url, "unknown") as client:
            for reading in (client.pull(SUPPORT), client.events(), client.reporting_events()):
                with pytest.raises(Refused) as caught:
                    await first(reading)
                assert (caught.value.status, caught.value.reason) == (401, "unknown")

    play(scene)


def test_a_lost_reply_loses_nothing(site: Web, absent_alice: str) -> None:
    """The server has pulled, and the connection breaks before it can say so: the same comes again."""
    one, _ = cast.fill(2)

    async def scene() -> None:
        async with Cutter.before(site.port) as cutter, logged_in(cutter.url) as client:
            cutter.cut_next("/pull")
            found = await first(client.pull(SUPPORT))
            assert (cutter.cuts, found["id"]) == (1, one)

    play(scene)
    assert Party.objects.count() == 1


def test_a_pull_that_was_given_up_is_not_lost(site: Web, absent_alice: str) -> None:
    """Its answer goes to the next one."""
    one, _ = cast.fill(2)

    async def scene() -> None:
        async with Cutter.before(site.port) as cutter, logged_in(cutter.url) as client:
            cutter.hold_next("/pull")
            given_up = asyncio.create_task(first(client.pull(SUPPORT)))
            await elsewhere(lambda: until(Party.objects.exists))
            given_up.cancel()
            await asyncio.wait([given_up])
            assert (await first(client.pull(SUPPORT)))["id"] == one

    play(scene)
    assert Party.objects.count() == 1


def test_what_a_late_answer_tells_is_checked(site: Web, absent_alice: str) -> None:
    """Of two that it names, one is over by the time it comes."""
    shorten(LONG)
    drafts = cast.drafts_of("alice")
    one, other = cast.fill(2, drafts)

    async def scene() -> None:
        async with Cutter.before(site.port) as cutter, logged_in(cutter.url) as client:
            cutter.hold_next("/pull")
            given_up = asyncio.create_task(client.pull_from_workbin(drafts, count=2))
            await elsewhere(lambda: until(lambda: Party.objects.count() == 2))
            given_up.cancel()
            await asyncio.wait([given_up])
            await elsewhere(lambda: make_overdue(one))
            [found] = await client.pull_from_workbin(drafts, count=2)
            assert found["id"] == other
            [party] = (await client.get("parties"))["parties"]
            assert found["party"] and found["party"]["id"] == party["id"]

    play(scene)


@pytest.mark.parametrize("lost", ["request", "reply"])
def test_a_log_in_is_not_sent_twice(site: Web, absent_alice: str, lost: str) -> None:
    """It has no key, so whether it was done is for its application to find out."""

    async def scene() -> None:
        async with Cutter.before(site.port) as cutter, Client(cutter.url, patience=LONG) as client:
            cutter.cut_next("/sessions")
            with pytest.raises(Unreachable):
                await client.log_in("alice", cast.PASSWORD)

    async def nobody_listens() -> None:
        async with Cutter.before(site.port) as cutter, Client(cutter.url, patience=LONG) as client:
            await cutter.close_door()
            entering = asyncio.create_task(client.log_in("alice", cast.PASSWORD))
            await asyncio.sleep(0.3)
            await cutter.open_door()
            await entering

    play(scene if lost == "reply" else nobody_listens)
    assert Session.objects.count() == 1


def test_a_service_submits_and_another_reads_the_log(
    site: Web, absent_alice: str, gateway: Application, log: Log
) -> None:
    async def scene() -> None:
        async with Cutter.before(site.port) as cutter, Client(cutter.url, gateway.token) as client:
            cutter.cut_next("/interactions")
            mails = [await client.submit("email", queue=SUPPORT, user_data={"n": n}) for n in range(3)]
        async with Client(site.url, log.reader.token) as client:
            events = [event async for event in client.reporting_events(wait_seconds=0)]
            placed = [each["interaction"] for each in events if each["event"] == "EventPlacedInQueue"]
            assert placed == [mail["id"] for mail in mails]
            coming = client.reporting_events(events[-1]["cursor"])
            follows = asyncio.create_task(first(coming))
            await elsewhere(lambda: cast.fill(1))
            assert (await follows)["id"] == events[-1]["id"] + 1

    play(scene)
