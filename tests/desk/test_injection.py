"""Hostile words in every text that agents see: words, and nothing else happens.

What runs, or appears, or is asked of others, is seen by the watcher of each page (tests.browser.watching).
"""

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest

from interactions.models import Interaction
from tests import cast
from tests.applications import Application, Desk, Json
from tests.browser.conftest import PATIENCE
from tests.browser.watching import Watcher, squeezed
from tests.desk import sights
from tests.desk import words as floor
from tests.desk.conftest import Sit
from tests.desk.person import Person
from tests.desk.sights import Eyes
from tests.desk.words import QUEUE, words
from tests.hostile import how_many
from tests.hostile.words import EVERYTHING, MARKUP, WORDS
from tests.processes import until
from tests.web import Web

pytestmark = pytest.mark.django_db(transaction=True)

LINKS = "[...document.links].map((link) => [link.href, link.rel, link.textContent])"


@pytest.fixture
def gateway(transactional_db: None) -> Application:
    return floor.furnish()


def test_every_text_is_seen_and_nothing_happens(sit: Sit, transactional_db: None) -> None:
    gateway = floor.furnish()
    id = floor.mail(gateway)
    lena = cast.log_in("lena")
    eyes = Eyes(sit(None))

    sights.log_in_with_them(eyes)
    sights.open_the_workbins(eyes)
    sights.read_a_mail(eyes, gateway, id)
    sights.change_it(eyes)
    sights.ask_each_dialog(eyes)
    sights.lose_one(eyes, lena)
    sights.log_out(eyes)

    assert floor.missing(eyes.seen) == []
    assert Interaction.objects.get(pk=id).stop_reason == words("reason")


def test_a_word_that_is_not_shown_would_be_missed() -> None:
    """The twin."""
    seen = "\n".join(floor.SHOWN)
    assert floor.missing(squeezed(seen)) == []
    assert floor.missing(squeezed(seen.replace(words("remark"), "remark"))) == [words("remark")]


@pytest.fixture
def mallory(gateway: Application) -> Desk:
    return cast.log_in("mallory", place=words("place"))


def has_title(person: Person, word: str) -> bool:
    return bool(person.page.text_content("#title") == word)


def test_each_of_the_words(sit: Sit, gateway: Application, mallory: Desk) -> None:
    person = sit(mallory)
    eyes = Eyes(person)
    for word in [EVERYTHING, *how_many(MARKUP[:2], WORDS)]:
        data = dict.fromkeys(("subject", "from", "to", "note", word), word)
        floor.submit(gateway, queue=QUEUE, user_data=data | {"text": f"{word}\n> {word}"})
        person.press("n")
        until(partial(has_title, person, word), what=word)
        eyes.look()
        person.press("Escape")


def test_an_address_in_a_text_is_all_that_is_a_link(sit: Sit, gateway: Application, mallory: Desk) -> None:
    text = "javascript:hit() https://example.org/a'onclick='hit() <https://example.org/b> data:text/html,x"
    floor.submit(gateway, queue=QUEUE, user_data={"subject": "s", "text": text})
    person = sit(mallory)
    person.take_next("s")
    found = [link for link in person.page.evaluate(LINKS) if not link[0].startswith(f"{person.url}/desk/#")]
    assert [(to, words) for to, _, words in found] == [
        ("https://example.org/a'onclick='hit(", "https://example.org/a'onclick='hit("),
        ("https://example.org/b", "https://example.org/b"),
    ]
    assert {rel for _, rel, _ in found} == {"noopener noreferrer"}


# --- Not even words -------------------------------------------------------------------------------------

NO_STRING: Json = {"toString": 1, "valueOf": None}  # what JavaScript cannot make a string of
SHAPES: list[Any] = [5, True, "", ["x", 7], {"a": "b"}, NO_STRING, [NO_STRING], [[NO_STRING]]]
FIELDS = ("from", "to", "cc", "note", "title", "message_id", "__proto__")
LONG_SENDERS = ["a" + " " * 50_000, ",@" * 20_000]


@pytest.mark.parametrize("is_mail", [True, False])
def test_anything_where_words_belong(sit: Sit, gateway: Application, mallory: Desk, is_mail: bool) -> None:
    """One interaction that cannot be shown would keep its agent from all others."""
    contents = [
        dict.fromkeys(FIELDS, shape)
        | {"text": "Hello" if is_mail else shape, "attachments": [{"name": shape, "size": shape}, shape]}
        for shape in SHAPES
    ]
    contents += [{"from": sender, "text": "Hello", "attachments": sender[:9]} for sender in LONG_SENDERS]
    [team] = [w["id"] for w in mallory.get("workbins").ok()["workbins"] if w["owner_kind"] == "agent_group"]
    for number, content in enumerate(contents):
        data = content | {"subject": f"number {number}"}
        first = floor.submit(gateway, workbin=team, user_data=data)
        floor.submit(gateway, queue=QUEUE, user_data=data, parent=first)
    person = sit(mallory)
    person.sees("#workbins button", words("type of agent_group")).click()
    for number in range(len(contents)):
        person.sees("#bins .card", f"number {number}").click()
        person.sees("#title", f"number {number}")
        person.press("t")
        person.sees(".bar", "yours until")
        person.sees(".thread-of")


# --- That it would be seen ------------------------------------------------------------------------------


@pytest.fixture
def watcher(browser: Any, site: Web, gateway: Application) -> Iterator[Watcher]:
    """For a page that does what none may."""
    watcher = Watcher(browser.new_page(), site.url)
    watcher.page.set_default_timeout(PATIENCE)
    yield watcher
    watcher.page.close()


def take_words_for_markup(page: Any, keep_policy: bool) -> None:
    def spoil(route: Any) -> None:
        found = route.fetch()
        body = found.text().replace("node.textContent = words", "node.innerHTML = words")
        assert "innerHTML" in body
        route.fulfill(response=found, body=body)

    def unguard(route: Any) -> None:
        found = route.fetch()
        dropped = ("content-length", "content-security-policy")
        headers = {name: value for name, value in found.headers.items() if name not in dropped}
        route.fulfill(response=found, headers=headers)

    page.route("**/interactions/dom.js", spoil)
    if not keep_policy:
        page.route("**/desk/", unguard)


@pytest.mark.parametrize("keep_policy", [True, False])
def test_a_desk_that_escapes_nothing_would_be_seen(
    watcher: Watcher, mallory: Desk, keep_policy: bool
) -> None:
    """The twins: the policy keeps scripts from running, and without it they would run."""
    take_words_for_markup(watcher.page, keep_policy)
    person = Person(watcher.page, watcher.url)
    person.come_in(mallory)
    person.sees("#bins .card", "title")
    faults = watcher.until_seen("the policy forbids" if keep_policy else "a script ran")
    assert "a strange element" in faults
    assert ("the policy forbids" in faults) is keep_policy
    assert ("a script ran" in faults) is not keep_policy
