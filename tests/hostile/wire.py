"""Bytes that no honest client would send, to a real web process: refused or cut off, never an error of ours.

After each the next request, on a connection of its own, is answered as ever.
"""

import http.client
from collections.abc import Mapping

from tests.applications import API, Application
from tests.sockets import PATIENCE, Answer, exchange
from tests.web import Web

Line = str | bytes
HOST = "Host: localhost"


def request(*lines: Line, method: str = "GET", path: str = API + "parties", host: Line = HOST) -> bytes:
    """Its head; the connection is closed after the answer."""
    all_lines = [f"{method} {path} HTTP/1.1", host, "Connection: close", *lines, "", ""]
    return b"\r\n".join(line if isinstance(line, bytes) else line.encode() for line in all_lines)


def of(who: Application) -> str:
    return f"Authorization: Bearer {who.token}"


def is_clean(answer: Answer) -> bool:
    """Refused, or cut off without a word, or taken for what it can be read as; no error of ours."""
    return answer.is_closed and all(200 <= status < 500 for status in answer.statuses)


def works(site: Web) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=PATIENCE)
    connection.request("GET", "/healthz")
    return connection.getresponse().status == 200


def ask(site: Web, sent: bytes) -> Answer:
    answer = exchange(site.port, sent, quiet=PATIENCE)
    assert is_clean(answer), (sent[:200], answer.raw[:500])
    assert works(site), sent[:200]
    return answer


def ask_each(site: Web, requests: Mapping[str, bytes]) -> dict[str, list[int]]:
    """One after the other, for a scene costs more than a request. The statuses that came, by name."""
    return {name: ask(site, sent).statuses for name, sent in requests.items()}
