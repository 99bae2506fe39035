"""What may stand in an address. Anything is taken, for who asks is looked at first (401, and the reset): what
cannot be an id or a queue's name arrives as None, and the view answers 404."""

import re

from django.urls import register_converter

from interactions.sql import is_id


class IdConverter:
    regex = "[^/]+"

    def to_python(self, value: str) -> int | None:
        return int(value) if is_id(value) else None

    def to_url(self, value: int) -> str:
        return str(value)


class QueueNameConverter:
    regex = "(?s:.+)"  # a private queue's name has slashes

    def to_python(self, value: str) -> str | None:
        return value if re.fullmatch("[A-Za-z0-9._-]{1,200}", value) else None

    def to_url(self, value: str) -> str:
        return value


def register() -> None:
    register_converter(IdConverter, "id")
    register_converter(QueueNameConverter, "queue")
