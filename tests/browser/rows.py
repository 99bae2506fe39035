"""The rows of a list as they are to be seen."""

from typing import Any

AGAIN_AFTER = 5_000  # ms; see live.js


def rows(page: Any) -> list[str]:
    return page.locator("#result_list tbody:not(.wb-gone) th a").all_inner_texts()


def wait_for_rows(page: Any, expected: list[int]) -> None:
    """When it has asked once more."""
    page.clock.fast_forward(AGAIN_AFTER)
    wanted = ",".join(map(str, expected))
    page.wait_for_function(
        """(wanted) => [...document.querySelectorAll("#result_list tbody:not(.wb-gone) th a")]
            .map((link) => link.textContent.trim()).join() === wanted""",
        arg=wanted,
    )
