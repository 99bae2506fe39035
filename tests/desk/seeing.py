"""What axe has to say of a page, in both colours; and what its window cuts off."""

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT

from tests.desk.person import Person

RULES: dict[str, dict[str, Any]] = {"light": {}, "dark": {"runOnly": ["color-contrast"]}}
FAULTS = """
    async (options) => {
        const within = document.querySelector("dialog[open]") ?? document;
        const { violations } = await axe.run(within, { resultTypes: ["violations"], ...options });
        return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160))}`);
    }
"""


def violations(person: Person) -> list[str]:
    """All rules by day, and that of contrast by night."""
    page, found = person.page, []
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    for scheme, options in RULES.items():
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # nothing fades meanwhile
        found += [f"{scheme}: {fault}" for fault in page.evaluate(FAULTS, options)]
    return found


def is_cut_off(page: Any) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))


MARKS = "⟦⟧"
UNMARKED = """
    () => {
        const own = "script, kbd, time, textarea, datalist, dd, .who, #title, .text, .mail-head, .file, "
            + ".card-title, .card-from, .thread-title, .thread strong, .thread-note";
        const texts = [], at = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        while (at.nextNode()) {
            const { parentElement: parent, textContent: text } = at.currentNode;
            if (parent.checkVisibility() && !parent.closest(own)) texts.push(text.trim());
        }
        for (const name of ["aria-label", "title", "placeholder"])
            for (const node of document.querySelectorAll(`[${name}]`)) texts.push(node.getAttribute(name));
        return texts.filter((text) => /\\p{L}/u.test(text) && !text.includes("⟦"));
    }
"""


def in_marks(words: dict[str, Any]) -> dict[str, Any]:
    """A language of its own."""
    return {
        key: in_marks(text) if isinstance(text, dict) else text.join(MARKS) for key, text in words.items()
    }


def unmarked(person: Person) -> set[str]:
    """What is to be read and comes neither from the language nor from an interaction."""
    return set(person.page.evaluate(UNMARKED))
