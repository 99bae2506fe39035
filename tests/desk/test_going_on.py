"""Whatever breaks, an agent goes on: a reload, a crash, a lost connection, a session that was ended."""

import contextlib
from typing import Any

import pytest

from interactions.models import Interaction, Party, Session
from tests import cast, lines
from tests.applications import Desk
from tests.crowd import another_connection, until_waiting
from tests.desk.conftest import Sit
from tests.processes import until
from tests.web import reserved_port, web

pytestmark = pytest.mark.django_db(transaction=True)


def test_after_a_reload_all_is_as_it_was(sit: Sit, alice: Desk) -> None:
    person = sit(alice)
    for subject in ("The first", "The second"):
        cast.fill(1, user_data={"subject": subject})
        person.take_next(subject)
    person.press("k")
    person.sees("#title", "The first")
    person.press("e")
    person.type("not sent")
    before = person.page.inner_text(".tags")

    person.page.reload()

    person.sees(".bar", "yours until")
    assert person.page.inner_text(".tags") == before
    assert person.page.locator("#held .card").count() == 2
    assert person.page.input_value("#note") == "not sent"
    assert Session.objects.count() == 1


def test_after_a_crash_one_logs_in_and_finds_it(sit: Sit, absent_alice: str) -> None:
    cast.fill(1, user_data={"subject": "Still mine"})
    first = sit(None)
    first.log_in("alice", "wrong")
    first.sees("#login-trouble", "wrong")
    first.press("Control+a")
    first.type(cast.PASSWORD)
    first.press("Enter")
    first.sees("#next")
    first.take_next("Still mine")
    first.page.close()

    second = sit(None)
    second.log_in("alice")

    second.is_told("You still hold an interaction from before")
    second.sees("#held .card", "Still mine")
    assert Party.objects.count() == 1


def test_the_connection_is_lost_and_mended(sit: Sit, alice: Desk) -> None:
    cast.fill(1, user_data={"subject": "On the train"})
    person = sit(alice)
    person.take_next("On the train")

    person.page.context.set_offline(True)
    person.press("f", "Enter")
    person.sees("#trouble", "No connection since")
    assert Interaction.objects.get().state == "handling"
    person.page.context.set_offline(False)

    person.is_told("Connected again")
    person.misses("#trouble")
    until(lambda: Interaction.objects.get().state == "stopped", 60)  # the same request, sent again
    person.misses("#held .card")


def test_the_server_goes_and_comes_back(sit: Sit, alice: Desk, lena: Desk) -> None:
    """It mends itself, and tells what happened in between."""
    [mail] = cast.fill(1, user_data={"subject": "Before the update"})
    with reserved_port() as port:
        with web(port) as server:
            person = sit(alice, url=server.url)
            person.take_next("Before the update")
        person.sees("#trouble", "No connection since")
        lena.revoke(mail).ok()
        with web(port):
            person.is_told("Connected again")
            person.misses("#trouble")
            person.sees(".gone-banner", "A supervisor took this back")
            person.page.close()


def lets_no_stream_through(page: Any) -> None:
    page.route("**/events/stream", lambda route: route.abort())


def test_where_no_stream_comes_through(sit: Sit, alice: Desk, lena: Desk) -> None:
    """Events are asked for page by page, and nobody is told of a lost connection."""
    [mail] = cast.fill(1, user_data={"subject": "Behind a proxy"})
    person = sit(alice, before=lets_no_stream_through)
    person.take_next("Behind a proxy")
    until(lambda: person.page.evaluate("1") and any("events?after" in one for one in person.sent), 30)
    lena.revoke(mail).ok()
    person.sees(".gone-banner", "A supervisor took this back")
    assert not person.page.is_visible("#trouble")
    assert not person.page.evaluate("told.some((one) => one.includes('Connected'))")


def test_the_session_is_ended(sit: Sit, alice: Desk) -> None:
    person = sit(alice)
    person.sees("#next")
    alice.log_out()
    person.sees("#login-trouble", "Your session was ended")
    assert person.page.evaluate("document.activeElement.id") == "username"


def test_what_is_told_while_nobody_looks(sit: Sit, alice: Desk) -> None:
    """It stays until she is back in the tab, and then as long as ever."""
    cast.fill(1)
    person = sit(alice, has_own_time=True)
    person.take_next("email")
    person.looks_away()
    person.press("r")
    person.sees(".notice", "Given back")
    person.page.clock.run_for(30_000)
    assert person.page.is_visible(".notice")
    person.looks_back()
    person.page.clock.run_for(7_000)
    person.misses(".notice")


def test_waiting_for_the_next(sit: Sit, alice: Desk) -> None:
    lines.forget()
    person = sit(alice)
    person.press("w")
    person.sees("#waiting", "Waiting for the next interaction")
    lines.settled(1)
    person.press("w")
    person.misses("#waiting")
    lines.settled(0)
    person.press("w")
    person.sees("#waiting")
    lines.settled(1)
    cast.fill(1, user_data={"subject": "Here it comes"})
    person.sees("#title", "Here it comes")
    person.misses("#waiting")


def test_what_a_slow_server_gives_to_a_wait_that_was_called_off(sit: Sit, alice: Desk) -> None:
    """It is asked whether it has, and once more when it may have."""
    cast.fill(1, user_data={"subject": "Here it comes"})
    person = sit(alice)
    for _ in range(5):  # a request gives up when its database has kept it for two seconds
        with another_connection() as other:
            other.execute("LOCK TABLE reporting_event IN SHARE MODE")  # nothing can be told, nor be done
            person.press("w")
            until_waiting(1)
            person.press("w")
            until(person.is_answered, what="that alice holds nothing")
            other.commit()
        with contextlib.suppress(AssertionError):
            until(Interaction.objects.filter(state="handling").exists, 3)
            break
    person.sees("#held .card", "Here it comes")
