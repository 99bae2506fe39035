"""Agents and supervisors at the same interaction."""

import pytest

from interactions.models import Interaction
from tests import cast
from tests.applications import Desk, Log
from tests.desk.conftest import Sit
from tests.processes import until

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_race_for_one(sit: Sit, alice: Desk, bob: Desk, log: Log) -> None:
    shared = cast.team_bin()
    cast.fill(1, shared, user_data={"subject": "Wanted by two"})
    log.skip()
    people = [sit(alice), sit(bob)]
    for person in people:
        person.sees("#workbins button").click()
        person.sees("#bins .card", "Wanted by two").click()
        person.sees(".bar", "You are only looking")
    for person in people:  # both still see it
        person.page.evaluate("document.querySelector('.bar .first').click()")
    until(lambda: Interaction.objects.get().state == "handling")

    [winner] = [event["agent"] for event in log.new() if event["event"] == "EventPartyAdded"]
    first, second = people if winner == "alice" else people[::-1]
    first.sees(".bar", "yours until")
    second.is_told("Someone else was quicker")
    second.misses("#bins .card")


def test_revoked_while_typing(sit: Sit, alice: Desk, lena: Desk) -> None:
    [mail] = cast.fill(1, user_data={"subject": "Hard one", "text": "Why?", "from": "ann@example.org"})
    person = sit(alice)
    person.take_next("Hard one")
    person.press("e")
    person.type("She has written tw")

    lena.revoke(mail).ok()

    person.sees(".gone-banner", "A supervisor took this back")
    person.sees(".gone-banner", "Your unsent note is kept below")
    person.type("ice")  # it goes nowhere any more, and harms nothing
    assert person.page.input_value("#note") == "She has written tw"
    person.page.reload()
    person.sees(".gone-banner", "A supervisor took this back")
    assert person.page.input_value("#note") == "She has written tw"
    person.press("Escape", "n")
    person.sees(".bar", "yours until")
    assert person.page.input_value("#note") == "She has written tw"  # mine again, with my words
    person.press("e", "Control+Enter")
    until(lambda: Interaction.objects.get(pk=mail).user_data.get("note") == "She has written tw")


def test_many_are_put_away_at_once(sit: Sit, alice: Desk, lena: Desk) -> None:
    """But for the one with a note that was not sent."""
    mails = cast.fill(3, user_data={"subject": "Taken back"})
    person = sit(alice)
    for held in range(1, 4):
        person.press("n")
        person.sees("#held-number", str(held))
    person.press("e")
    person.type("half a note")
    for mail in mails:
        lena.revoke(mail).ok()
    until(lambda: person.page.locator("#held .gone").count() == 3, what="that they are gone")
    person.sees("#put-away").click()
    until(lambda: person.page.locator("#held .gone").count() == 1, what="that they are put away")
    person.misses("#put-away")
    person.sees("#held .gone").click()
    assert person.page.input_value("#note") == "half a note"


def test_another_changes_it(sit: Sit, alice: Desk, lena: Desk) -> None:
    [mail] = cast.fill(1, user_data={"subject": "Before"})
    person = sit(alice)
    person.take_next("Before")
    lena.change(mail, user_data={"subject": "After"}).ok()
    person.is_told("lena changed")
    person.page.click(".paper")
    person.sees("#title", "After")


def test_dragged_onto_a_queue(sit: Sit, alice: Desk, log: Log) -> None:
    """From a workbin, without opening it, and from the hands."""
    cast.queue("sales", cast.TEAM)
    cast.fill(1, cast.team_bin(), user_data={"subject": "In the team's"})
    log.skip()
    person = sit(alice)
    person.sees("#workbins button").click()
    sales = person.page.locator("#queues [data-queue='sales']")
    person.sees("#bins .card", "In the team's").drag_to(sales)
    person.is_told("Placed in sales: In the team's")
    sales.locator("button").click()
    support = person.page.locator("#queues [data-queue='email-support']")
    person.sees("#held .card", "In the team's").drag_to(support)
    person.is_told("Placed in email-support: In the team's")
    assert log.brief() == [
        "EventTakenFromQueue Pull by agent @workbin",
        "EventTakenFromWorkbin Pull by agent @workbin",
        "EventPartyAdded Pull by agent @workbin",
        "EventPartyRemoved PlaceInQueue Placed by agent @workbin",
        "EventPlacedInQueue PlaceInQueue by agent @sales",
        "EventTakenFromQueue Pull by agent @sales",
        "EventPartyAdded Pull by agent @sales",
        "EventPartyRemoved PlaceInQueue Placed by agent @sales",
        "EventPlacedInQueue PlaceInQueue by agent @email-support",
    ]


def test_a_double_click_takes_one(sit: Sit, alice: Desk) -> None:
    cast.fill(3)
    person = sit(alice)
    person.sees("#next").dblclick()
    person.sees(".bar", "yours until")
    person.sees("[data-queue='email-support'] .number", "2")
    assert person.sent.count("POST pull-next") == 1
    assert Interaction.objects.filter(state="handling").count() == 1


def test_dragged_from_hand_to_hand(sit: Sit, alice: Desk, log: Log) -> None:
    shared = cast.team_bin()
    cast.fill(1, user_data={"subject": "For the team"})
    person = sit(alice)
    person.sees("#workbins button").click()
    person.take_next("For the team")
    person.sees("#held .card").drag_to(person.page.locator(f"#workbins [data-workbin='{shared}']"))
    person.sees("#bins .card", "For the team").drag_to(person.page.locator("#held-title"))
    person.sees("#held .card", "For the team")
    assert Interaction.objects.get().state == "handling"
    names = [event["event"] for event in log.new()]
    assert names.count("EventPlacedInWorkbin") == names.count("EventTakenFromWorkbin") == 1
