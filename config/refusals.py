"""Answers of the server itself, to what never becomes a request of Django's. Each ends its connection."""

import json
from http import HTTPStatus

from config.headers import API, headers_for
from config.messages import Message, last, start
from config.problems import CONTENT_TYPE, problem


class Refused(Exception):
    """The server does not take the request."""

    def __init__(self, status: int, detail: str, **headers: str) -> None:
        self.status = HTTPStatus(status)
        self.body = json.dumps(problem(status, detail)).encode()
        self.headers = {
            "content-type": CONTENT_TYPE,
            "content-length": str(len(self.body)),
            "connection": "close",
            **{name.replace("_", "-"): value for name, value in headers.items()},
            **headers_for(API),
        }
        super().__init__(detail)

    def messages(self) -> list[Message]:
        return [start(self.status, list(self.headers.items())), last(self.body)]

    def __bytes__(self) -> bytes:
        """As it stands on the wire."""
        lines = [f"HTTP/1.1 {self.status} {self.status.phrase}"]
        lines += [f"{name.lower()}: {value}" for name, value in self.headers.items()]
        return "\r\n".join([*lines, "", ""]).encode() + self.body
