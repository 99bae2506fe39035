"""Input fields that take what the contract says and nothing that merely looks like it."""

import functools
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, ClassVar

import orjson
from rest_framework import serializers

from interactions.models.interaction import USER_DATA_BYTES, USER_DATA_LEVELS
from interactions.sql import BIGGEST_ID

INT32 = 2**31 - 1
YEAR = "(19[7-9][0-9]|[2-8][0-9]{3}|9[0-8][0-9]{2}|99[0-8][0-9]|999[0-8])"
CLOCK = "([01][0-9]|2[0-3]):[0-5][0-9]"
RFC3339 = rf"^{YEAR}-[0-9]{{2}}-[0-9]{{2}}[Tt]{CLOCK}:[0-5][0-9](\.[0-9]{{1,9}})?([Zz]|[+-]{CLOCK})$"


class Input(serializers.Serializer[Any]):
    """A request's fields. An unknown one is an error, so that a typing mistake does not pass.

    Of the fields named in `either`, exactly one is needed.
    """

    either: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def read(cls, given: Any) -> dict[str, Any]:
        """Errors: ValidationError."""
        return _reader(cls).run_validation(given)

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict):
            allowed = ", ".join(self.fields) or "none"
            text = f"There is no such field. Allowed: {allowed}."
            unknown = {str(name): [text] for name in data if name not in self.fields}
            if unknown:
                raise serializers.ValidationError({**unknown, **self._faults(data)})
        return super().to_internal_value(data)

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        if self.either and sum(name in given for name in self.either) != 1:
            names = " or ".join(f"`{name}`" for name in self.either)
            raise serializers.ValidationError(f"Send either {names}.")
        return given

    def _faults(self, data: dict[str, Any]) -> dict[str, Any]:
        """What is wrong with the known fields: all faults are told at once."""
        try:
            super().to_internal_value(data)
        except serializers.ValidationError as error:
            assert isinstance(error.detail, dict)
            return error.detail
        return {}


@functools.cache
def _reader(shape: type[Input]) -> Input:
    """One for all requests: it keeps nothing of what it reads, and each new one would copy all fields."""
    return shape()


class QueryInput(Input):
    """The query of a GET, where every value is a string and may come once."""

    def to_internal_value(self, data: Any) -> Any:
        repeated = {name: ["Only one value is allowed."] for name in data if len(data.getlist(name)) > 1}
        if repeated:
            raise serializers.ValidationError(repeated)
        return super().to_internal_value(data.dict())


class IntegerField(serializers.IntegerField):
    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, float) and data.is_integer():
            data = int(data)  # to JSON Schema 1.0 is an integer
        if not isinstance(data, int) or isinstance(data, bool):
            self.fail("invalid")
        return super().to_internal_value(data)


class IdField(IntegerField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=1, max_value=BIGGEST_ID, **kwargs)


class QueryIntegerField(serializers.IntegerField):
    """Digits of a query string."""

    def to_internal_value(self, data: Any) -> int:
        if not re.fullmatch(r"[0-9]{1,19}", data):
            self.fail("invalid")
        return super().to_internal_value(data)


class QueryIdField(QueryIntegerField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=1, max_value=BIGGEST_ID, **kwargs)


class DistinctListField(serializers.ListField):
    default_error_messages = {"repeated": "Nothing may be named twice."}

    def to_internal_value(self, data: Any) -> list[Any]:
        given = super().to_internal_value(data)
        if len(set(given)) != len(given):
            self.fail("repeated")
        return given


class StringField(serializers.CharField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(trim_whitespace=False, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class InstantField(serializers.DateTimeField):
    default_error_messages = {
        "invalid": "An instant of RFC 3339, e.g. 2026-01-31T09:30:00Z, between 1970 and 9998."
    }

    pattern = RFC3339

    def to_internal_value(self, value: Any) -> datetime:
        if not isinstance(value, str) or not re.fullmatch(RFC3339, value):
            self.fail("invalid")
        try:
            return datetime.fromisoformat(value.upper()).astimezone(UTC)
        except ValueError:  # no such day
            self.fail("invalid")


class UserDataField(serializers.DictField):
    """A JSON object of at most 64 KiB and 32 levels."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if not isinstance(data, dict):
            self.fail("not_a_dict", input_type=type(data).__name__)
        if _is_deeper(data, USER_DATA_LEVELS):
            raise serializers.ValidationError(f"At most {USER_DATA_LEVELS} levels are allowed.")
        text = orjson.dumps(data)
        if len(text) > USER_DATA_BYTES:
            raise serializers.ValidationError(f"At most {USER_DATA_BYTES} bytes of JSON are allowed.")
        if any(isinstance(leaf, int | float) and abs(leaf) >= 2**63 for leaf in _leaves(data)):
            raise serializers.ValidationError("Numbers beyond 64 bits are not allowed: send a string.")
        if b"\\u0000" in text and any("\0" in leaf for leaf in _leaves(data) if isinstance(leaf, str)):
            raise serializers.ValidationError("NUL characters are not allowed.")
        return data


def _is_deeper(value: Any, levels: int) -> bool:
    """Level by level: what a client nests must not use up our stack."""
    layer = [value]
    for _ in range(levels):
        layer = [child for parent in layer for child in _children(parent)]
    return any(isinstance(child, dict | list) for child in layer)


def _children(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _leaves(value: Any) -> Iterator[Any]:
    """All scalars, and the names of members."""
    if isinstance(value, dict):
        yield from value
    if isinstance(value, dict | list):
        for child in _children(value):
            yield from _leaves(child)
    else:
        yield value
