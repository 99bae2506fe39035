"""Every screen and every dialog of the desk, one after the other, as an agent comes to them."""

from collections.abc import Iterator

from tests import cast
from tests.applications import Desk, Json
from tests.desk.person import Person

QUOTED = "\n".join(f"> line {number}" for number in range(8))
MAIL: Json = {
    "subject": "A mail as they are",
    "from": "Ann Lee <ann@example.org>",
    "to": ["support@example.org"],
    "cc": ["office@example.org"],
    "text": f"Hello,\n\n> what was said\n\nsee https://example.org/a?b=1.\n{QUOTED}\n-- \nAnn",
    "attachments": [{"name": "photo.png", "content_type": "image/png", "size": 12345}],
    "message_id": "<1@example.org>",
}
NAMES = {
    MAIL["subject"],
    "image/png · 12.3 kB",
    "email",
    "email-support",
    "empty",
    "paused",
}


def furnish() -> None:
    """For alice: mails of one thread, a workbin with two, and queues of each kind."""
    [first] = cast.fill(1, user_data=MAIL)
    cast.fill(1, user_data=MAIL | {"note": "What was agreed"}, parent_id=first)
    cast.fill(2, cast.drafts_of("alice"), user_data=MAIL)
    cast.team_bin()
    cast.queue("empty", cast.TEAM)
    cast.queue("paused", cast.TEAM, is_paused=True)


def before_the_desk(person: Person) -> Iterator[str]:
    yield "the log-in"
    person.log_in("alice", "wrong")
    person.sees("#login-trouble", "wrong")
    yield "the log-in, refused"
    person.press("Control+a")
    person.type(cast.PASSWORD)
    person.press("Enter")
    person.sees("#bins .card")


def at_the_desk(person: Person, lena: Desk) -> Iterator[str]:
    yield "nothing in hand"
    yield from with_dialog(person, "?", "the keys")
    person.sees("#workbins button", cast.TEAM).click()
    person.sees("#bins", "Nothing waits in here")
    person.sees("#bins .card").click()
    person.sees(".bar", "You are only looking")
    yield "a look into a workbin"
    yield from with_dialog(person, "m", "moving what is only looked at")
    person.take_next("A mail as they are")
    person.sees(".thread-of summary").click()
    person.page.click(".more summary")
    person.page.click(".mail .text summary")
    person.press("e")
    person.type(" and more")
    yield "a mail, with all that it has"
    person.press("Escape")
    yield from with_dialog(person, "m", "moving")
    yield from with_dialog(person, "f", "finishing")
    person.page.click("#log-out")
    yield from with_dialog(person, "", "logging out")
    yield from at_its_end(person, lena)


def with_dialog(person: Person, key: str, name: str) -> Iterator[str]:
    person.press(*key)
    person.sees("dialog[open]")
    yield name
    person.press("Escape")
    person.misses("dialog")


def at_its_end(person: Person, lena: Desk) -> Iterator[str]:
    held = int(person.page.evaluate("sessionStorage['workbin.selected']"))
    lena.revoke(held).ok()
    person.sees(".gone-banner")
    yield "taken back, with an unsent note"
    person.press("n")
    person.sees(".bar", "yours until")
    person.page.click("[data-queue='empty'] button")
    person.sees("#waiting")
    yield "waiting"
    cast.fill(1, "empty", user_data=MAIL)
    person.sees(".notice", "Open it")
    yield "another has come"
    person.misses("#waiting")
    person.page.context.set_offline(True)
    person.sees("#trouble")
    yield "no connection"
    person.page.context.set_offline(False)
    person.misses("#trouble")
