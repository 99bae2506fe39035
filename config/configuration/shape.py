"""What a configuration may say. Every fault names the path where it is and what is allowed there."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.validators import UnicodeUsernameValidator
from rest_framework import serializers

from interactions.api.fields import INT32, Input, IntegerField, StringField
from interactions.models.directory import Role
from interactions.models.queue import LONGEST_TIMEOUT, PUBLIC_NAME, SHORTEST_TIMEOUT
from workbins.models import OwnerKind

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    path: Path
    text: str

    def __str__(self) -> str:
        steps = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.path)
        return f"{steps.removeprefix('.') or 'the document'}: {self.text}"


class Faults(Exception):
    """Nothing was applied."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        super().__init__("\n".join(map(str, faults)))


class Choice(serializers.ChoiceField):
    def __init__(self, values: list[str]) -> None:
        allowed = f"One of {', '.join(values)} is allowed."
        super().__init__(choices=values, error_messages={"invalid_choice": allowed})


class BooleanField(serializers.BooleanField):
    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            raise serializers.ValidationError("true or false is allowed.")
        return data


def _number(least: int, most: int, unit: str = "") -> IntegerField:
    allowed = f"A whole number from {least} to {most}{unit}, or null, is allowed."
    messages: dict[str, Any] = dict.fromkeys(
        ("invalid", "min_value", "max_value", "max_string_length"), allowed
    )
    return IntegerField(
        min_value=least, max_value=most, allow_null=True, required=False, error_messages=messages
    )


def _span() -> IntegerField:
    return _number(SHORTEST_TIMEOUT, LONGEST_TIMEOUT, " seconds")


def _name(**kwargs: Any) -> StringField:
    return StringField(max_length=100, **kwargs)


def _names() -> serializers.ListField:
    messages: dict[str, Any] = {"not_a_list": "A list of names is allowed."}
    return serializers.ListField(child=_name(), required=False, error_messages=messages)


class MediaTypeEntry(Input):
    name = _name()
    handling_timeout = _span()


class PlaceEntry(Input):
    name = _name()
    groups = _names()


class AgentEntry(Input):
    username = StringField(max_length=150, validators=[UnicodeUsernameValidator()])
    password = StringField(max_length=1000, required=False)
    password_env = _name(required=False)
    employee_id = _name(required=False, allow_null=True)
    groups = _names()
    capacity = _number(1, INT32)

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        if variable := given.pop("password_env", None):
            if "password" in given:
                raise serializers.ValidationError("Either password or password_env is allowed.")
            if not os.environ.get(variable):
                raise serializers.ValidationError({"password_env": [f"The variable {variable} is not set."]})
            given["password"] = os.environ[variable]
        return given


class QueueEntry(Input):
    name = serializers.RegexField(
        PUBLIC_NAME,
        max_length=200,
        error_messages={"invalid": "Letters, digits, '.', '_' and '-' are allowed."},
    )
    description = StringField(max_length=500, required=False, allow_blank=True)
    position = IntegerField(min_value=-INT32, max_value=INT32, required=False)
    is_paused = BooleanField(required=False)
    agent_groups = _names()
    handling_timeout = _span()
    max_handling_time = _span()
    max_revocations = _number(0, INT32)
    parking_queue = StringField(max_length=200, required=False, allow_null=True)


class WorkbinTypeEntry(Input):
    name = _name()
    display_name = StringField(max_length=200, required=False, allow_blank=True)
    owner_kind = Choice(OwnerKind.values)


class ServiceEntry(Input):
    name = _name()
    role = Choice(Role.values)


class Section(serializers.ListField):
    default_error_messages = {"not_a_list": "A list is allowed."}

    def __init__(self, child: serializers.Field[Any, Any, Any, Any]) -> None:
        super().__init__(child=child, required=False, allow_null=True)


class Document(Input):
    media_types = Section(MediaTypeEntry())
    agent_groups = Section(_name())
    place_groups = Section(_name())
    places = Section(PlaceEntry())
    agents = Section(AgentEntry())
    supervisors = Section(AgentEntry())
    queues = Section(QueueEntry())
    workbin_types = Section(WorkbinTypeEntry())
    services = Section(ServiceEntry())


KEYS = {"agents": "username", "supervisors": "username"}


def validated(document: Any) -> dict[str, list[Any]]:
    """The document's sections. Errors: Faults."""
    if not isinstance(document, dict):
        raise Faults([Fault((), f"A mapping of {', '.join(Document().fields)} is allowed.")])
    given = Document(data=document)
    if not given.is_valid():
        raise Faults(list(_faults(given.errors, ())))
    sections = {name: entries or [] for name, entries in given.validated_data.items()}
    if doubled := list(_doubled(sections)):
        raise Faults(doubled)
    return sections


def _doubled(sections: dict[str, list[Any]]) -> Iterator[Fault]:
    seen: set[tuple[str, str]] = set()
    for section, entries in sections.items():
        key = KEYS.get(section, "name")
        for index, entry in enumerate(entries):
            name = entry[key] if isinstance(entry, dict) else entry
            kind = "agents" if key == "username" else section
            if (kind, name) in seen:
                yield Fault((section, index), f"{name} is there twice.")
            seen.add((kind, name))


def _faults(errors: Any, path: Path) -> Iterator[Fault]:
    if isinstance(errors, dict):
        for step, inner in errors.items():
            yield from _faults(inner, path if step == "non_field_errors" else (*path, step))
    elif isinstance(errors, list) and any(isinstance(inner, dict | list) for inner in errors):
        for index, inner in enumerate(errors):
            yield from _faults(inner, (*path, index))
    elif errors:
        texts = errors if isinstance(errors, list) else [errors]
        yield from (Fault(path, str(text)) for text in texts)
