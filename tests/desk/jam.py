"""A network on which one answer takes its time."""

from typing import Any

from tests.processes import until

CONTENTS = "**/content?*"  # of workbins


class Jam:
    """The first request to such addresses, or its answer, is on its way until it is let through."""

    def __init__(self, page: Any, pattern: str, *, is_answered: bool = True) -> None:
        self.page, self.is_answered = page, is_answered
        self.held: tuple[Any, Any] | None = None
        page.route(pattern, self._stop)

    def _stop(self, route: Any) -> None:
        if self.held:
            route.continue_()
        else:
            self.held = (route, route.fetch() if self.is_answered else None)

    def fills(self) -> None:
        until(lambda: self.page.evaluate("1") and self.held, 30, "what is asked for")

    def dissolves(self) -> None:
        assert self.held
        route, answer = self.held
        if answer is None:
            route.continue_()
        else:
            route.fulfill(response=answer)
