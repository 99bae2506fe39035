"""Apply a configuration: idempotent, all or nothing. What it omits is left alone."""

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import check_password, make_password
from django.db import connection, transaction
from django.db.models import Model

from config.configuration.shape import Fault, Faults, Path, validated
from interactions.models import Agent, AgentGroup, MediaType, Place, PlaceGroup, Queue, Service
from workbins.models import WorkbinType
from workbins.provision import put_off

LOCK = 0x776F726B62696E  # one configuration at a time


def apply(document: Any) -> list[str]:
    """Returns what it changed, a line each. Errors: Faults, with nothing applied."""
    sections = validated(document)
    passwords = _encode_new_passwords([*sections.get("agents", []), *sections.get("supervisors", [])])
    with transaction.atomic(), connection.cursor() as cursor, put_off():
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        applying = Applying(sections, passwords)
        applying.run()
        if applying.faults:
            raise Faults(applying.faults)
    return applying.changes


def _encode_new_passwords(people: list[dict[str, Any]]) -> dict[str, str]:
    """By user name, those that are not set yet. Each takes a quarter of a second, so before the transaction:
    readers of the event log wait for whoever writes.
    """
    given = {one["username"]: one.pop("password") for one in people if "password" in one}
    users = get_user_model().objects.filter(username__in=given)
    known = dict(users.values_list("username", "password"))
    return {
        name: make_password(password)
        for name, password in given.items()
        if name not in known or not check_password(password, known[name])
    }


class Applying:
    def __init__(self, sections: dict[str, list[Any]], passwords: dict[str, str]) -> None:
        self.sections, self.passwords = sections, passwords
        self.changes: list[str] = []
        self.faults: list[Fault] = []
        self.made: list[Model] = []

    def run(self) -> None:
        """Groups before those in them, queues before the queues that park in them."""
        for name in self.sections.get("agent_groups", []):
            self._entry(AgentGroup, "agent group", {"name": name}, {})
        for name in self.sections.get("place_groups", []):
            self._entry(PlaceGroup, "place group", {"name": name}, {})
        self._each("media_types", self._media_type)
        self._each("places", self._place)
        self._each("agents", lambda path, given: self._agent(path, given, is_supervisor=False))
        self._each("supervisors", lambda path, given: self._agent(path, given, is_supervisor=True))
        self._each("queues", self._queue)
        self._each("queues", self._parking)
        self._each("workbin_types", self._workbin_type)
        self._each("services", self._service)

    def _each(self, section: str, enter: Callable[[Path, dict[str, Any]], None]) -> None:
        for index, given in enumerate(self.sections.get(section, [])):
            enter((section, index), given)

    def _media_type(self, path: Path, given: dict[str, Any]) -> None:
        self._entry(MediaType, "media type", *_keyed(given, "name"))

    def _place(self, path: Path, given: dict[str, Any]) -> None:
        groups = self._named(PlaceGroup, path, given, "groups")
        self._entry(Place, "place", *_keyed(given, "name"), groups=groups)

    def _agent(self, path: Path, given: dict[str, Any], is_supervisor: bool) -> None:
        groups = self._named(AgentGroup, path, given, "groups")
        username = given.pop("username")
        employee = given.get("employee_id")
        if employee and Agent.objects.filter(employee_id=employee).exclude(user__username=username).exists():
            return self._fault((*path, "employee_id"), f"{employee} is another agent's.")
        user = self._user(username)
        given["is_supervisor"] = is_supervisor
        self._entry(Agent, "supervisor" if is_supervisor else "agent", {"user": user}, given, groups=groups)

    def _user(self, username: str) -> Any:
        password = self.passwords.get(username)
        no_password = {"password": make_password(None)}
        user, is_new = get_user_model().objects.get_or_create(username=username, defaults=no_password)
        if password is not None:
            user.password = password
            if not is_new:
                self.changes.append(f"changed the password of {username}")
            user.save()
        return user

    def _queue(self, path: Path, given: dict[str, Any]) -> None:
        groups = self._named(AgentGroup, path, given, "agent_groups")
        given = {name: value for name, value in given.items() if name != "parking_queue"}
        self._entry(Queue, "queue", *_keyed(given, "name"), agent_groups=groups)

    def _parking(self, path: Path, given: dict[str, Any]) -> None:
        if "parking_queue" not in given:
            return
        name = given["parking_queue"]
        parking = Queue.objects.filter(name=name, is_private=False).first() if name else None
        if name and parking is None:
            return self._fault((*path, "parking_queue"), f"There is no queue {name}: name one of this file.")
        queue = Queue.objects.get(name=given["name"])
        if queue.parking_queue != parking:
            if queue not in self.made:
                self.changes.append(
                    f"changed queue {queue}: parking_queue {queue.parking_queue} -> {parking}"
                )
            queue.parking_queue = parking
            queue.save(update_fields=["parking_queue"])

    def _workbin_type(self, path: Path, given: dict[str, Any]) -> None:
        existing = WorkbinType.objects.filter(name=given["name"]).first()
        if existing and existing.owner_kind != given["owner_kind"]:
            allowed = f"It is {existing.owner_kind} and has workbins: make another type."
            return self._fault((*path, "owner_kind"), allowed)
        self._entry(WorkbinType, "workbin type", *_keyed(given, "name"))

    def _service(self, path: Path, given: dict[str, Any]) -> None:
        self._entry(Service, "service", *_keyed(given, "name"))

    def _entry(
        self,
        model: type[Model],
        kind: str,
        key: dict[str, Any],
        fields: dict[str, Any],
        **groups: list[Any] | None,
    ) -> None:
        """Make it, or change the fields and groups that differ."""
        found = model._default_manager.filter(**key).first()
        if found is None:
            made = model._default_manager.create(**key, **fields)
            for field, members in groups.items():
                getattr(made, field).set(members or [])
            self.changes.append(f"made {kind} {made}")
            self.made.append(made)
            return
        changed = {name: value for name, value in fields.items() if getattr(found, name) != value}
        for name, value in changed.items():
            self.changes.append(f"changed {kind} {found}: {name} {getattr(found, name)} -> {value}")
            setattr(found, name, value)
        if changed:
            found.save(update_fields=changed)
        for field, members in groups.items():
            self._members(found, kind, field, members)

    def _named(self, model: type[Model], path: Path, given: dict[str, Any], field: str) -> list[Any] | None:
        """The groups an entry names; None when it says nothing of them."""
        names = given.pop(field, None)
        if names is None:
            return None
        groups: Iterable[Any] = model._default_manager.filter(name__in=names)
        found = {group.name: group for group in groups}
        for index, name in enumerate(names):
            if name not in found:
                self._fault((*path, field, index), f"There is no group {name}: list it in this file.")
        return list(found.values())

    def _members(self, owner: Any, kind: str, field: str, groups: list[Any] | None) -> None:
        if groups is None:
            return
        before = ", ".join(sorted(map(str, getattr(owner, field).all())))
        after = ", ".join(sorted(map(str, groups)))
        if before != after:
            getattr(owner, field).set(groups)
            self.changes.append(f"changed {kind} {owner}: {field} [{before}] -> [{after}]")

    def _fault(self, path: Path, text: str) -> None:
        self.faults.append(Fault(path, text))


def _keyed(given: dict[str, Any], key: str) -> tuple[dict[str, Any], dict[str, Any]]:
    return {key: given[key]}, {name: value for name, value in given.items() if name != key}
