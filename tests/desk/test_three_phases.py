"""The model's three phases as a person sees them: pulled, worked on, and lost for want of work."""

from datetime import datetime

import pytest

from interactions.models import Interaction, Party
from interactions.tasks import revoke_due
from tests import cast
from tests.applications import Desk, Log
from tests.clock import let_pass, make_overdue
from tests.desk.conftest import Sit
from tests.desk.seeing import violations
from tests.processes import until

pytestmark = pytest.mark.django_db(transaction=True)


def deadline() -> datetime:
    return Party.objects.get(ended_at=None).deadline_at


def test_from_a_queue(sit: Sit, alice: Desk, log: Log) -> None:
    cast.fill(
        1, user_data={"subject": "Where is it?", "from": "Ann <ann@example.org>", "text": "It is late."}
    )
    log.skip()
    person = sit(alice)

    person.take_next("Where is it?")
    person.sees(".until", "yours until")
    let_pass(60)
    before = deadline()
    person.press("e")
    person.type("asked the carrier")
    person.press("Control+Enter")
    until(lambda: "note" in Interaction.objects.get().user_data, what="the note")
    assert deadline() > before
    make_overdue(Party.objects.get().interaction_id)
    revoke_due()

    person.sees(".gone-banner", "nothing happened here for 10 minutes")
    person.sees(".gone-banner", "It waits again in email-support")
    assert log.brief() == [
        "EventTakenFromQueue Pull by agent @email-support",
        "EventPartyAdded Pull by agent @email-support",
        "EventPropertiesChanged ChangeProperties by agent @email-support",
        "EventPartyRemoved Revoke Expired by timer @email-support",
        "EventRevoked Revoke Expired by timer @email-support",
    ]


def test_from_a_workbin(sit: Sit, alice: Desk, log: Log) -> None:
    drafts = cast.drafts_of("alice")
    [draft] = cast.fill(1, drafts, user_data={"subject": "Half done"})
    log.skip()
    person = sit(alice)

    person.sees("#bins .card", "Half done").click()
    person.sees(".bar", "You are only looking")
    person.press("t")
    person.sees(".bar", "yours until")
    person.misses("#bins .card")
    make_overdue(draft)
    revoke_due()

    person.sees(".gone-banner", "It waits again in My agent")
    person.sees("#bins .card", "Half done")  # told of its return
    assert log.brief() == [
        "EventTakenFromQueue Pull by agent @workbin",
        "EventTakenFromWorkbin Pull by agent @workbin",
        "EventPartyAdded Pull by agent @workbin",
        "EventPartyRemoved Revoke Expired by timer @workbin",
        "EventRevoked Revoke Expired by timer @workbin",
    ]


def test_the_ring_runs_down(sit: Sit, alice: Desk) -> None:
    """Amber when the end is near, and only then in motion; full again when she works; read in any colour."""
    cast.fill(1)
    motion = "getComputedStyle(document.querySelector('.bar .ring-rest')).transitionDuration"
    person = sit(alice, has_own_time=True)
    person.take_next("email")
    person.sees(".bar[data-state='fine']")
    assert person.page.evaluate(motion) == "0s"
    person.lets_pass(550)
    person.sees(".bar[data-state='soon']", "any work here keeps it")
    assert person.page.evaluate(motion) == "0.9s"
    found = violations(person)

    def is_full_when_she_works() -> bool:
        person.page.click(".paper")
        return bool(person.page.is_visible(".bar[data-state='fine']"))

    until(is_full_when_she_works, 40, "the answer to a sign of life")
    person.lets_pass(15)  # with what the last click still had to say
    person.lets_pass(660)
    person.sees(".bar[data-state='over']", "Time is up")
    assert found + violations(person) == []


def test_work_is_told_of_every_ten_seconds(sit: Sit, alice: Desk) -> None:
    """At most, and not much less often."""
    cast.fill(1)
    person = sit(alice, has_own_time=True)
    person.take_next("email")
    person.press("e")
    person.lets_pass(10)
    person.sent.clear()
    began = person.page.evaluate("Date.now()")
    for _ in range(12):
        person.type("x")
        person.lets_pass(2)
    seconds = (person.page.evaluate("Date.now()") - began) / 1000
    assert 2 <= person.sent.count("POST keep-alive") <= seconds / 10 + 1


def test_an_open_but_untouched_tab_keeps_nothing(sit: Sit, alice: Desk) -> None:
    """Minutes pass in the page, while others change what it lists."""
    drafts = cast.drafts_of("alice")
    cast.fill(1)
    person = sit(alice, has_own_time=True)
    person.sees("#bins .bin")
    person.take_next("email")
    person.lets_pass(15)  # with what the act still had to say
    person.sent.clear()
    held = deadline()

    cast.fill(1, drafts, user_data={"subject": "New here"})
    person.lets_pass(300)
    until(lambda: person.is_told_all_of(alice), 30, "the news")

    assert person.resetting() == []
    assert deadline() == held
    person.page.click(".paper")  # the twin
    person.lets_pass(15)
    person.sees("#bins .card", "New here")
    assert "POST keep-alive" in person.resetting()
    until(lambda: deadline() > held, what="the reset")
