"""The table of docs/permissions.md, and what the server answers in its place."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.urls.resolvers import URLPattern, URLResolver

from tests.applications import Reply
from tests.imports import ROOT
from tests.permissions import stash
from tests.permissions.requests import Key, send
from tests.permissions.world import World

DOCUMENT = ROOT / "docs" / "permissions.md"
CODES = {400: "invalid", 401: "not_authenticated", 403: "not_permitted", 404: "not_found"}
METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Row:
    """A request about one thing, and the answer to each caller."""

    key: Key
    cells: dict[str, str]

    def __str__(self) -> str:
        return ": ".join(filter(None, self.key))


def read(text: str) -> list[Row]:
    """A line of the table may have several requests about several things: each is a row of its own."""
    lines = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in text.partition("## The table")[2].splitlines()
        if line.startswith("|")
    ]
    [_, _, *columns], _, *body = lines
    return [
        Row((request.strip("`"), what), dict(zip(columns, cells, strict=True)))
        for requests, things, *cells in body
        for request in requests.split("<br>")
        for what in things.split("<br>")
    ]


def written(reply: Reply) -> str:
    """An answer as the table has it: its status, and the code where the status has several."""
    if reply.status < 400:
        return str(reply.status)
    assert reply.is_problem, reply.body
    return (
        str(reply.status) if reply["code"] == CODES.get(reply.status) else f"{reply.status} {reply['code']}"
    )


def differences(world: World, rows: Iterable[Row]) -> list[str]:
    """The cells that the server does not answer as written. Each finds the same world."""
    pristine = stash.kept()
    return [
        f"{row}, {caller}: {answer} instead of {cell}"
        for row in rows
        for caller, cell in row.cells.items()
        if (answer := _answer(world, row.key, caller, pristine)) != cell
    ]


def _answer(world: World, key: Key, caller: str, pristine: stash.Rows) -> str:
    """A read or a refused request that changes a row says so."""
    reply = send(world, key, caller)
    found = stash.kept()
    if found == pristine:
        return written(reply)
    changed = sorted(name for name in found.keys() | pristine.keys() if found.get(name) != pristine.get(name))
    stash.put_back(stash.MOVED | {*changed})
    is_refused = reply.status >= 400 or reply.headers.wsgi_request.method == "GET"
    return f"{written(reply)}, and changed {', '.join(changed)}" if is_refused else written(reply)


def routes(patterns: list[URLPattern | URLResolver], prefix: str = "") -> set[str]:
    """The requests of the API as the table names them."""
    found: set[str] = set()
    for pattern in patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            found |= routes(pattern.url_patterns, path)
        elif path.startswith("api/v1/"):
            view = getattr(pattern.callback, "cls", None)
            path = re.sub(r"<\w+:(\w+)>", r"{\1}", path.removeprefix("api/v1/"))
            found |= {f"{method.upper()} {path}" for method in METHODS if hasattr(view, method)}
    return found
