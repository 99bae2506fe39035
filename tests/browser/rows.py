"""The rows of a list as they are to be seen."""

from typing import Any


def rows(page: Any) -> list[str]:
    return page.locator("#result_list tbody:not(.wb-gone) th a").all_inner_texts()


def wait_for_rows(page: Any, expected: list[int]) -> None:
    wanted = ",".join(map(str, expected))
    page.wait_for_function(
        """(wanted) => [...document.querySelectorAll("#result_list tbody:not(.wb-gone) th a")]
            .map((link) => link.textContent.trim()).join() === wanted""",
        arg=wanted,
    )
