"""Answers come late, break off or overtake each other: the desk shows what is, as it would at once."""

import pytest

from interactions.models import Party
from tests import cast
from tests.applications import Application, Desk
from tests.desk.conftest import Sit
from tests.desk.jam import CONTENTS, Jam
from tests.desk.person import Person
from tests.processes import until

pytestmark = pytest.mark.django_db(transaction=True)

LONG = 5000  # ms, more than an act lasts
LISTED = "GET interactions?agent=me&state=handling&limit=200"
BREAK_OFF = """
    let isBroken = false;
    const ask = window.fetch.bind(window);
    const half = (control) => (control.enqueue(new Uint8Array([123])), control.error(new TypeError("gone")));
    window.fetch = async (at, given) => {
        const answer = await ask(at, given);
        if (isBroken || !String(at).endsWith("/pull-next")) return answer;
        isBroken = true;
        return new Response(new ReadableStream({ start: half }));
    };
"""  # in the middle of an answer, once


@pytest.fixture
def team(support: str) -> int:
    return cast.team_bin()


def thread(*place: int) -> None:
    """A mail, and another that belongs to it."""
    [first] = cast.fill(1, *place, user_data={"subject": "Asked"})
    cast.fill(1, parent_id=first)


def is_quiet_with(person: Person, selector: str, text: str) -> None:
    until(person.is_answered, what="the answers")
    assert person.page.locator(selector).all_inner_texts() == [text]


def test_who_is_quicker_than_the_answers(sit: Sit, absent_alice: str, team: int) -> None:
    """What she opens before all is there takes nothing from what opens by itself."""
    drafts = cast.drafts_of("alice")
    person = sit(None)
    jam = Jam(person.page, "**/interactions?*")
    person.log_in("alice")
    person.sees(f"[data-workbin='{team}'] button").click()
    person.sees(f"#bins [data-workbin='{team}']")
    jam.fills()
    assert person.page.locator(".bin").count() == 1
    jam.dissolves()
    person.sees(f"#bins [data-workbin='{drafts}']")
    assert person.page.locator(".bin").count() == 2


def test_an_older_answer_changes_nothing(sit: Sit, absent_alice: str) -> None:
    person = sit(None, has_own_time=True)
    jam = Jam(person.page, "**/queues")
    person.log_in("alice")
    jam.fills()
    cast.fill(1)
    person.page.clock.run_for(10_000)
    person.sees("#queues .number", "1")
    jam.dissolves()
    is_quiet_with(person, "#queues .number", "1")


def test_what_comes_while_a_list_is_read_for_the_first_time(sit: Sit, alice: Desk, team: int) -> None:
    """It is read again, and what is answered last must not be what was asked first."""
    person = sit(alice)
    jam = Jam(person.page, CONTENTS)
    person.sees("#workbins button").click()
    jam.fills()
    cast.fill(1, team, user_data={"subject": "New here"})
    person.sees("#bins .card", "New here")
    jam.dissolves()
    is_quiet_with(person, "#bins .card .card-title", "New here")


def test_revoked_while_she_comes_back(sit: Sit, alice: Desk, lena: Desk) -> None:
    """What she held is on its way to her desk when it is taken from her."""
    cast.drafts_of("alice")
    [mail] = cast.fill(1)
    alice.pull()
    person = sit(None)
    jam = Jam(person.page, "**/interactions?*")
    person.log_in("alice")
    jam.fills()
    lena.revoke(mail).ok()
    until(lambda: person.is_told_all_of(alice), 30, "the news")
    jam.dissolves()
    person.sees("#bins .bin")  # the last that is asked for
    assert person.page.locator("#held .card").count() == 0


def test_pulled_while_she_comes_back(sit: Sit, absent_alice: str) -> None:
    """It is none of those that she held before."""
    cast.drafts_of("alice")
    cast.fill(1)
    person = sit(None)
    jam = Jam(person.page, "**/parties", is_answered=False)
    person.log_in("alice")
    jam.fills()
    person.sees("#next")
    person.take_next("email")
    jam.dissolves()
    person.sees("#bins .bin")
    until(person.is_answered, what="the answers")
    assert person.page.evaluate("told") == []


def test_listed_while_she_finishes_it(sit: Sit, alice: Desk) -> None:
    """The server no longer lists it, and has not yet said why: she has lost nothing."""
    cast.fill(1)
    person = sit(alice)
    person.take_next("email")
    jam = Jam(person.page, "**/stop-processing")
    person.press("f", "Enter")
    jam.fills()
    person.sent.clear()
    person.press("w", "w")  # who calls it off asks what came meanwhile
    until(lambda: person.is_waiting_for(1) and LISTED in person.sent, 30, "what she holds")
    assert person.page.locator("#held .card").count() == 1
    jam.dissolves()
    person.is_told("Finished")
    assert person.page.locator("#held .card").count() == 0


def test_changed_while_it_is_read_again(sit: Sit, alice: Desk, gateway: Application) -> None:
    """Her own change is answered sooner than what another's had made the desk ask for."""
    [mail] = cast.fill(1, user_data={"colour": "red"})
    person = sit(alice, has_own_time=True)
    person.take_next("email")
    person.page.clock.run_for(LONG)
    jam = Jam(person.page, f"**/interactions/{mail}")
    gateway.change(mail, priority=3).ok()
    person.is_told("mail-gateway changed")
    person.page.click("#property-key")
    jam.fills()
    for name, value in {"key": "colour", "value": "blue"}.items():
        person.page.fill(f"#property-{name}", value)
    person.press("Enter")
    person.sees(".properties", "blue")
    jam.dissolves()
    until(person.is_answered, what="the answers")
    person.sees(".properties", "blue")
    person.sees(".tags", "priority 3")


def test_a_pull_that_is_answered_late(sit: Sit, alice: Desk) -> None:
    """It is an act until then: the thread comes with it, and so do the counts."""
    thread()
    person = sit(alice, has_own_time=True)
    person.sees("#queues .number", "2")
    jam = Jam(person.page, "**/pull-next")
    person.press("n")
    jam.fills()
    person.page.clock.run_for(LONG)
    jam.dissolves()
    person.sees(".thread-of")
    person.sees("#queues .number", "1")


def test_a_wish_whose_turn_comes_late(sit: Sit, alice: Desk, team: int) -> None:
    """The thread of what she looks at is still being read when she takes it."""
    thread(team)
    person = sit(alice, has_own_time=True)
    person.sees("#workbins button").click()
    jam = Jam(person.page, "**/interactions?thread=*")
    person.sees("#bins .card", "Asked").click()
    jam.fills()
    person.press("t")
    person.sees(".bar", "yours until")
    person.page.clock.run_for(LONG)
    jam.dissolves()
    person.sees(".thread-of")


def test_an_answer_that_breaks_off(sit: Sit, alice: Desk) -> None:
    """It is asked for again, and it is the same one."""
    cast.fill(2, user_data={"subject": "Here it is"})
    person = sit(alice, before=lambda page: page.add_init_script(BREAK_OFF))
    person.take_next("Here it is")
    assert person.sent.count("POST pull-next") == 2
    assert Party.objects.count() == 1
