"""What may stand in an address. Anything else is no address of ours (404)."""

from django.urls import register_converter
from django.urls.converters import StringConverter

from interactions.sql import BIGGEST_ID


class IdConverter:
    regex = "[0-9]{1,19}"

    def to_python(self, value: str) -> int:
        number = int(value)
        if number > BIGGEST_ID:
            raise ValueError
        return number

    def to_url(self, value: int) -> str:
        return str(value)


class QueueNameConverter(StringConverter):
    regex = "[A-Za-z0-9._-]{1,200}"


def register() -> None:
    register_converter(IdConverter, "id")
    register_converter(QueueNameConverter, "queue")
