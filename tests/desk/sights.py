"""What there is to be seen at the desk, for who looks whether anything happens that should not."""

from interactions.models import Interaction
from tests import cast
from tests.applications import Application, Desk
from tests.browser.watching import Watcher, squeezed
from tests.desk.person import Person
from tests.desk.words import KINDS, QUEUE, words


class Eyes:
    """Of somebody at a desk: all that was to be read, at any time."""

    def __init__(self, person: Person) -> None:
        self.person, self.watcher, self.seen = person, Watcher(person.page, person.url), ""

    def look(self) -> None:
        assert self.watcher.look() == []
        told = self.person.page.evaluate("told.join(' ')")  # notices may be gone again
        self.seen += f"\n{self.watcher.read()} {squeezed(told)}"


def log_in_with_them(eyes: Eyes) -> None:
    person = eyes.person
    fill_log_in(person, words("user"), words("password"))
    person.sees("#login-trouble", "wrong")
    eyes.look()
    fill_log_in(person, "mallory", cast.PASSWORD, words("nowhere"))
    person.sees("#login-trouble", "no place")
    eyes.look()
    fill_log_in(person, "mallory", cast.PASSWORD, words("place"))
    person.sees("#next")
    person.sees(".who", words("place"))


def fill_log_in(person: Person, username: str, password: str, place: str = "") -> None:
    for field, value in {"username": username, "password": password, "place": place}.items():
        person.page.fill(f"#{field}", value)
    person.page.click("#login-go")


def open_the_workbins(eyes: Eyes) -> None:
    for kind in KINDS[1:]:  # the own one is open
        eyes.person.sees("#workbins button", words(f"type of {kind}")).click()
    for kind in KINDS:
        eyes.person.sees(".bin", words(f"type of {kind}"))
        eyes.person.sees("#bins .card", words("title"))
    eyes.look()


def read_a_mail(eyes: Eyes, gateway: Application, id: int) -> None:
    person = eyes.person
    person.page.click(f"[data-queue='{QUEUE}'] button")
    person.sees("#title", words("subject"))
    person.sees(".thread-of", words("answer"))
    eyes.look()
    gateway.change(id, priority=3).ok()
    person.is_told(words("service"))
    eyes.look()


def change_it(eyes: Eyes) -> None:
    person = eyes.person
    person.page.click(".more summary")
    person.page.fill("#property-key", words("key"))
    person.page.locator("#property-key").blur()
    eyes.look()  # the value that it has is offered
    for field, value in {"property-key": words("new key"), "property-value": words("new value")}.items():
        person.page.fill(f"#{field}", value)
    person.press("Enter")
    person.sees(".properties", words("new value"))
    person.page.fill("#note", words("draft"))
    eyes.look()


def ask_each_dialog(eyes: Eyes) -> None:
    person = eyes.person
    person.press("Escape", "m")
    person.sees("dialog", words("subject"))
    eyes.look()
    person.press("Escape")
    person.misses("dialog")
    person.press("f")
    person.sees("dialog", words("subject"))
    person.type(words("reason"))
    eyes.look()
    person.press("Enter")
    person.is_told("Finished")
    eyes.look()


def lose_one(eyes: Eyes, lena: Desk) -> None:
    """From a workbin, whose name is told then; and all of it again after a reload."""
    person = eyes.person
    person.sees("#bins .card", words("looked at")).click()
    person.sees(".bar", "You are only looking")
    eyes.look()
    person.sees("#bins .card", words("kept")).click()
    person.sees("#title", words("kept"))
    person.press("t")
    person.sees(".bar", "yours until")
    person.page.fill("#note", words("draft"))
    lena.revoke(Interaction.objects.get(user_data__title=words("kept")).pk, reason=words("reason")).ok()
    person.sees(".gone-banner", words("type of agent_group"))
    eyes.look()
    person.page.reload()
    person.sees(".gone-banner", words("type of agent_group"))
    person.sees("#bins .card", words("looked at"))
    eyes.look()


def log_out(eyes: Eyes) -> None:
    eyes.person.page.click("#log-out")
    eyes.person.sees("#login-go")
    assert eyes.person.page.input_value("#place") == words("place")
    eyes.look()
