"""The Python client holds: kept alive in the background; what is lost ends its block."""

import asyncio
import time

import pytest

from interactions.models import Interaction
from reporting.models import Event
from tests import cast
from tests.applications import SUPPORT, Desk, Log
from tests.clients import LONG, elsewhere, first, logged_in, play, play_in_time, shorten
from tests.clock import make_overdue
from tests.cutter import Cutter
from tests.processes import until
from tests.web import Web
from tests.workers import worker
from workbin_client import HoldLost, holding

pytestmark = pytest.mark.django_db(transaction=True)


async def until_lost() -> None:
    await asyncio.sleep(LONG)
    raise AssertionError("nobody said that the hold is lost")


def test_a_hold_is_kept_alive(site: Web, absent_alice: str, log: Log) -> None:
    """For several times its timeout, with a worker that would revoke it; and so is a second one."""

    async def scene(timeout: int) -> None:
        await elsewhere(lambda: cast.fill(2))
        await elsewhere(log.skip)
        async with logged_in(site.url) as client:
            pulled = client.pull(SUPPORT)
            async with client.hold(await first(pulled)) as one, client.hold(await first(pulled)) as other:
                await asyncio.sleep(4 * timeout)
                await one.stop()
                await other.place_in_workbin(drafts)

    drafts = cast.drafts_of("alice")
    with worker():
        play_in_time(scene)
    names = [event["event"] for event in log.new()]
    assert "EventRevoked" not in names
    assert names.count("EventPlacedInWorkbin") == 1


def test_without_a_hold_it_is_lost(site: Web, absent_alice: str) -> None:
    """The twin."""
    shorten(1)
    cast.fill(1)

    async def scene() -> None:
        async with logged_in(site.url) as client:
            await first(client.pull(SUPPORT))
            await elsewhere(lambda: until(Event.objects.filter(event="EventRevoked").exists))

    with worker():
        play(scene)


def test_a_supervisor_revokes(site: Web, absent_alice: str, lena: Desk) -> None:
    """The timeout is ten minutes: the event tells, long before the next keep-alive would."""
    cast.fill(1)

    async def scene() -> None:
        async with logged_in(site.url) as client:
            with pytest.raises(HoldLost) as caught:
                async with client.hold(await first(client.pull(SUPPORT))) as hold:
                    await elsewhere(lambda: lena.revoke(hold.interaction["id"]).ok())
                    await until_lost()
            assert caught.value.reason == "revoked"

    play(scene)


def test_the_event_loop_was_blocked(site: Web, absent_alice: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """So no keep-alive went out. A busy machine may take its time to say what became of the hold."""
    monkeypatch.setattr(holding, "OVERDUE", LONG)
    shorten(1)
    cast.fill(1)

    async def scene() -> None:
        async with logged_in(site.url) as client:
            with pytest.raises(HoldLost) as caught:
                async with client.hold(await first(client.pull(SUPPORT))):
                    time.sleep(1.5)
                    await until_lost()
            assert caught.value.reason == "expired"

    play(scene)


def test_another_session_stops_it(site: Web, absent_alice: str, alice: Desk) -> None:
    """No event tells the own agent: the keep-alive does."""
    shorten(6)
    [one] = cast.fill(1)

    async def scene() -> None:
        async with logged_in(site.url) as client:
            with pytest.raises(HoldLost) as caught:
                async with client.hold(await first(client.pull(SUPPORT))) as hold:
                    await elsewhere(lambda: alice.stop(one, party=hold.party).ok())
                    await until_lost()
            assert caught.value.reason == "stopped"

    play(scene)


def test_the_server_does_not_answer(site: Web, absent_alice: str) -> None:
    shorten(3)
    cast.fill(1)

    async def scene() -> None:
        async with Cutter.before(site.port) as cutter, logged_in(cutter.url) as client:
            with pytest.raises(HoldLost) as caught:
                async with client.hold(await first(client.pull(SUPPORT))):
                    await cutter.close_door()
                    await until_lost()
            assert caught.value.reason == "unreachable"

    play(scene)


def test_a_late_stop_is_a_lost_hold(site: Web, absent_alice: str) -> None:
    [one] = cast.fill(1)

    async def scene() -> None:
        async with logged_in(site.url) as client:
            with pytest.raises(HoldLost) as caught:
                async with client.hold(await first(client.pull(SUPPORT))) as hold:
                    await elsewhere(lambda: make_overdue(one))
                    await hold.stop()
            assert caught.value.reason == "expired"

    play(scene)


def test_the_end_of_a_hold_is_not_its_loss(site: Web, absent_alice: str) -> None:
    """Its stop is done and its answer on the way when a keep-alive does not find it any more."""

    async def scene(timeout: int) -> None:
        await elsewhere(lambda: cast.fill(1))
        async with (
            Cutter.before(site.port) as cutter,
            logged_in(cutter.url) as client,
            client.hold(await first(client.pull(SUPPORT))) as hold,
        ):
            cutter.delay_next("/stop-processing", 2 * timeout)
            await hold.stop()

    play_in_time(scene)
    assert Interaction.objects.filter(state="stopped").exists()


def test_what_is_pulled_during_a_keep_alive_is_not_lost(site: Web, absent_alice: str) -> None:
    """Its answer is older than the pull, and does not name it."""

    async def scene(timeout: int) -> None:
        await elsewhere(lambda: cast.fill(2))
        async with Cutter.before(site.port) as cutter, logged_in(cutter.url) as client:
            pulled = client.pull(SUPPORT)
            async with client.hold(await first(pulled)) as one:
                cutter.delay_next("/keep-alive", timeout / 3)
                await cutter.caught.wait()
                await asyncio.sleep(timeout / 6)
                async with client.hold(await first(pulled)) as other:
                    await asyncio.sleep(timeout / 3)
                    await other.stop()
                await one.stop()

    play_in_time(scene)
    assert Interaction.objects.filter(state="stopped").count() >= 2


# --- Who is cancelled -----------------------------------------------------------------------------


def test_a_timeout_of_ones_own_stays_a_timeout(site: Web, absent_alice: str) -> None:
    cast.fill(2)

    async def scene() -> None:
        async with logged_in(site.url) as client:
            pulled = client.pull(SUPPORT)
            one = await first(pulled)
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.2), client.hold(one):
                    await asyncio.sleep(LONG)
            async with client.hold(await first(pulled)) as hold:
                with pytest.raises(TimeoutError):
                    async with asyncio.timeout(0.2):
                        await asyncio.sleep(LONG)
                await hold.stop()

    play(scene)


def test_of_two_holds_the_lost_one_says_so(site: Web, absent_alice: str, lena: Desk) -> None:
    """The outer one ends both blocks, the inner one its own."""
    cast.fill(3)

    async def scene() -> None:
        async with logged_in(site.url) as client:
            pulled = client.pull(SUPPORT)
            outer = client.hold(await first(pulled))
            with pytest.raises(HoldLost) as caught:
                async with outer:
                    inner = client.hold(await first(pulled))
                    with pytest.raises(HoldLost) as caught_inside:
                        async with inner:
                            await elsewhere(lambda: lena.revoke(inner.interaction["id"]).ok())
                            await until_lost()
                    assert caught_inside.value.interaction == inner.interaction["id"]
                    async with client.hold(await first(pulled)):
                        await elsewhere(lambda: lena.revoke(outer.interaction["id"]).ok())
                        await until_lost()
            assert caught.value.interaction == outer.interaction["id"]
            task = asyncio.current_task()
            assert task and task.cancelling() == 0

    play(scene)


def test_who_is_cancelled_beside_a_loss_stays_cancelled(site: Web, absent_alice: str, lena: Desk) -> None:
    cast.fill(1)

    async def scene() -> None:
        async with logged_in(site.url) as client:
            hold = client.hold(await first(client.pull(SUPPORT)))

            async def work() -> None:
                async with hold:
                    await asyncio.sleep(LONG)

            task = asyncio.create_task(work())
            await asyncio.sleep(0)
            hold.lose("expired")
            task.cancel()
            await asyncio.wait([task])
            assert task.cancelled()

    play(scene)


def test_what_is_left_is_given_back(site: Web, absent_alice: str, log: Log) -> None:
    """By an exception, by a cancellation, or at the block's end."""
    cast.fill(3)

    async def scene() -> None:
        async with logged_in(site.url) as client:
            pulled = client.pull(SUPPORT)
            with pytest.raises(ZeroDivisionError):
                async with client.hold(await first(pulled)):
                    _ = 1 / 0
            one = await first(pulled)
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.2), client.hold(one):
                    await asyncio.sleep(LONG)
            async with client.hold(await first(pulled)):
                pass
            assert (await client.get("parties"))["parties"] == []

    log.skip()
    play(scene)
    assert [event["reason"] for event in log.new() if event["event"] == "EventPartyRemoved"] == ["Placed"] * 3
