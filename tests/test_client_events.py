"""The Python client follows events: without a gap or a repeat, whatever breaks."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator

import pytest

from tests import cast
from tests.applications import Application, Desk, Json
from tests.clients import elsewhere, first, logged_in, play
from tests.cutter import Cutter
from tests.web import Web, web
from workbin_client import CursorExpired, Refused
from workbin_client.stream import messages

pytestmark = pytest.mark.django_db(transaction=True)


def stop_from_outside(gateway: Application, desk: Desk, count: int = 1) -> None:
    """Each is a letter to the desk."""
    for _ in range(count):
        [interaction] = cast.fill(1)
        desk.pull()
        gateway.stop(interaction).ok()


def test_events_across_a_restart(absent_alice: str, alice: Desk, gateway: Application) -> None:
    """The server goes, things happen, another takes its port: nothing is missed, nothing comes twice."""
    seen: list[Json] = []

    async def scene() -> None:
        async with contextlib.AsyncExitStack() as stack:
            served = servers.enter_context(web())
            cutter = await stack.enter_async_context(Cutter.before(served.port))
            client = await stack.enter_async_context(logged_in(cutter.url))
            reading = client.events()
            for round in range(3):
                await elsewhere(lambda: stop_from_outside(gateway, alice, 2))
                seen.extend([await first(reading), await first(reading)])
                if round < 2:
                    await elsewhere(served.stop)
                    await elsewhere(lambda: stop_from_outside(gateway, alice))
                    served = servers.enter_context(web())
                    cutter.port = served.port
                    seen.append(await first(reading))
            await reading.aclose()  # type: ignore[attr-defined]

    with contextlib.ExitStack() as servers:
        play(scene)
    written = alice.get("events", after=alice.cursor).ok()["events"]
    assert [event["id"] for event in seen] == [event["id"] for event in written]
    assert len(seen) == 8


def test_events_go_on_from_a_cursor_until_the_session_ends(
    site: Web, absent_alice: str, alice: Desk, gateway: Application
) -> None:
    async def scene() -> None:
        async with logged_in(site.url) as client:
            await elsewhere(lambda: stop_from_outside(gateway, alice, 3))
            one = await first(client.events())
            rest = client.events(one["cursor"])
            assert [(await first(rest))["id"], (await first(rest))["id"]] == [one["id"] + 1, one["id"] + 2]
            await client.call("DELETE", "sessions/current")
            with pytest.raises(Refused) as caught:
                await first(rest)
            assert (caught.value.status, caught.value.reason) == (401, "ended")

    play(scene)


def test_an_old_cursor_is_said_once(site: Web, absent_alice: str, alice: Desk, gateway: Application) -> None:
    async def scene() -> None:
        async with logged_in(site.url) as client:
            client._keeper.cursor = "MS4x"  # the first message, long ago
            with pytest.raises(CursorExpired):
                await first(client.events())
            event = asyncio.create_task(first(client.events()))
            while not event.done():
                await elsewhere(lambda: stop_from_outside(gateway, alice))
                await asyncio.sleep(0.1)
            assert event.result()["event"] == "EventRevoked"

    play(scene)


def test_a_message_in_any_pieces() -> None:
    """Also one with characters that Python takes for line ends."""
    sent = 'id: a\n\n:\n\nid: b\ndata: {"n": "\u2028\x85"}\n\nid: c\ndata: {}\n'.encode()

    async def pieces(dice: random.Random) -> AsyncIterator[bytes]:
        rest = sent
        while rest:
            size = dice.randint(1, 7)
            yield rest[:size]
            rest = rest[size:]

    async def read(seed: int) -> list[tuple[str, str]]:
        return [tuple(each) async for each in messages(pieces(random.Random(seed)))]  # type: ignore[misc]

    for seed in range(50):
        found = asyncio.run(read(seed))
        assert found == [("a", ""), ("b", '{"n": "\u2028\x85"}')]  # c has not come whole
