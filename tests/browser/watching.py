"""What a page did that no page of ours does, and what is to be read on it."""

from dataclasses import dataclass, field
from typing import Any

# Whatever runs a script of somebody's calls hit(); what the policy forbids is told of as well.
BEFORE = """
    window.found = [];
    window.hit = (...words) => found.push(`a script ran: ${words}`);
    window.alert = window.confirm = window.prompt = hit;
    document.addEventListener("securitypolicyviolation", (event) =>
        found.push(`the policy forbids ${event.violatedDirective}: ${event.blockedURI} ${event.sample}`));
"""
# Elements and attributes that only words of somebody's could have made.
STRANGE = """
    () => [...document.querySelectorAll(`
        img[src="x"], iframe, object, embed, base, svg[onload], [onerror], [onload], [onmouseover], [onfocus],
        [onclick], a[href^="javascript:"], a[href^="data:"], [href^="//evil.example"], [src^="//evil.example"]
    `)].map((node) => `a strange element: ${node.outerHTML.slice(0, 200)}`).concat(window.found)
"""
# Text, and what stands in fields and in attributes that people read or send.
READ = """
    () => [
        document.body.textContent,
        ...[...document.querySelectorAll("input, textarea")].map((node) => node.value),
        ...[...document.querySelectorAll("[title], [aria-label], [value]")].flatMap((node) =>
            ["title", "aria-label", "value"].map((name) => node.getAttribute(name) ?? "")),
    ].join("\\n")
"""


@dataclass
class Watcher:
    page: Any
    url: str
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.add_init_script(BEFORE)
        self.page.on("dialog", self.on_dialog)
        self.page.on("console", self.on_console)
        self.page.on("pageerror", lambda error: self.faults.append(f"an error of a script: {error}"))
        self.page.on("popup", lambda page: self.faults.append(f"a window opened: {page.url}"))
        self.page.on("request", self.on_request)

    def on_dialog(self, dialog: Any) -> None:
        self.faults.append(f"a dialog: {dialog.message}")
        dialog.dismiss()

    def on_console(self, message: Any) -> None:
        is_answer = "the server responded with a status of 40" in message.text  # of a page that is not there
        if message.type in ("error", "warning") and not is_answer:
            self.faults.append(f"the console: {message.text}")

    def on_request(self, request: Any) -> None:
        if not request.url.startswith((self.url, "data:", "blob:")):
            self.faults.append(f"a request to others: {request.url[:200]}")

    def open(self, path: str) -> list[str]:
        """The faults of a page."""
        self.faults.clear()
        answer = self.page.goto(self.url + path, wait_until="load")
        if answer.status >= 500:
            self.faults.append(f"status {answer.status}")
        return [f"{path}: {fault}" for fault in self.look()]

    def look(self) -> list[str]:
        """The faults so far, and those that are to be seen."""
        return [*self.faults, *self.page.evaluate(STRANGE)]

    def until_seen(self, fault: str) -> str:
        """All faults, when this one is among them: pictures that are none are asked for first."""
        for _ in range(300):
            if fault in (found := "\n".join(self.look())):
                return found
            self.page.wait_for_timeout(100)
        raise AssertionError(f"{fault} was not seen, but {found}")

    def read(self) -> str:
        """Words, with any space between them as one."""
        return squeezed(self.page.evaluate(READ))


def resize(page: Any, width: int, height: int = 844) -> None:
    """Until the page has it: what it looks like then may be asked."""
    page.set_viewport_size({"width": width, "height": height})
    there = "([width, height]) => innerWidth === width && innerHeight === height"
    page.wait_for_function(there, arg=[width, height])


def squeezed(text: str) -> str:
    return " ".join(text.split())
