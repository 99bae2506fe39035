"""Somebody at a desk: what is pressed, and what is to be seen."""

import json
from dataclasses import dataclass, field
from typing import Any

from tests import cast
from tests.applications import API, Desk
from tests.browser.watching import squeezed
from tests.processes import until

# Notices go away by themselves, whether or not they were seen.
KEEP_NOTICES = """
    window.told = [];
    document.addEventListener("DOMContentLoaded", () => {
        const keep = ({ addedNodes }) => addedNodes.forEach((one) => told.push(one.textContent));
        new MutationObserver((records) => records.forEach(keep))
            .observe(document.getElementById("notices"), { childList: true });
    });
"""
TURN = """
    (isAway) => {
        Object.defineProperty(document, "hidden", { value: isAway, configurable: true });
        document.dispatchEvent(new Event("visibilitychange"));
    }
"""
RECEIVES = ("events", "reporting/")  # requests that reset no timer


@dataclass
class Person:
    page: Any
    url: str
    sent: list[str] = field(default_factory=list)
    unanswered: set[Any] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.page.add_init_script(KEEP_NOTICES)
        self.page.on("request", self._on_request)
        self.page.on("requestfinished", self._on_answer)
        self.page.on("requestfailed", self._on_answer)

    def _on_request(self, request: Any) -> None:
        path = request.url.removeprefix(self.url + API)
        if path == request.url:
            return
        self.sent.append(f"{request.method} {path}")
        if not path.startswith(RECEIVES):
            self.unanswered.add(request)

    def _on_answer(self, request: Any) -> None:
        self.unanswered.discard(request)

    def resetting(self) -> list[str]:
        return [one for one in self.sent if not one.split()[1].startswith(RECEIVES)]

    def is_answered(self) -> bool:
        return self.is_waiting_for(0)

    def is_waiting_for(self, answers: int) -> bool:
        self.page.evaluate("0")  # meanwhile it is heard what the browser has to tell
        return len(self.unanswered) == answers

    def is_told_all_of(self, desk: Desk) -> bool:
        """The page has come to where the mailbox ends."""
        cursor = json.loads(self.page.evaluate("sessionStorage['workbin.cursor']"))
        return desk.get("events", after=cursor).ok()["events"] == []

    def lets_pass(self, seconds: float) -> None:
        """In the page, which would call off what is not answered in time: the server does not hurry so."""
        until(self.is_answered, what="the answers")
        self.page.clock.run_for(seconds * 1000)
        until(self.is_answered, what="the answers")

    def come_in(self, desk: Desk | None) -> None:
        if desk is not None:
            kept = {"workbin.token": json.dumps(desk.token), "workbin.cursor": json.dumps(desk.cursor)}
            each = f"for (const [key, value] of Object.entries({json.dumps(kept)}))"
            self.page.add_init_script(
                f"if (!sessionStorage.length) {each} sessionStorage.setItem(key, value);"
            )
        self.page.goto(f"{self.url}/desk/")
        self.page.wait_for_selector("body[data-ready]")

    def log_in(self, username: str, password: str = cast.PASSWORD) -> None:
        self.page.keyboard.type(username)
        self.page.keyboard.press("Tab")
        self.page.keyboard.type(password)
        self.page.keyboard.press("Enter")

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)

    def sees(self, selector: str, text: str = "") -> Any:
        """It is there, or comes soon."""
        found = self.page.locator(selector).filter(has_text=text).first
        found.wait_for(state="visible")
        return found

    def is_told(self, words: str) -> None:
        until(lambda: any(squeezed(words) in squeezed(one) for one in self.page.evaluate("told")), 30, words)

    def misses(self, selector: str) -> None:
        self.page.locator(selector).first.wait_for(state="hidden")

    def looks_away(self) -> None:
        """At another tab: what is told stays until she is back."""
        self.page.evaluate(TURN, True)

    def looks_back(self) -> None:
        self.page.evaluate(TURN, False)

    def take_next(self, title: str) -> None:
        self.press("n")
        self.sees("#title", title)
        self.sees(".bar .acts")
