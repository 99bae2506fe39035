"""Apply a configuration: idempotent, all or nothing. What it omits is left alone."""

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.db.models import Model

from config.configuration.shape import Fault, Faults, Path, validated
from interactions.models import Agent, AgentGroup, MediaType, Place, PlaceGroup, Queue, Service
from workbins.models import WorkbinType
from workbins.provision import provision_workbins

LOCK = 0x776F726B62696E  # one configuration at a time


def apply(document: Any) -> list[str]:
    """Returns what it changed, a line each. Errors: Faults, with nothing applied."""
    sections = validated(document)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        applying = Applying(sections)
        applying.run()
        if applying.faults:
            raise Faults(applying.faults)
    return applying.changes


class Applying:
    def __init__(self, sections: dict[str, list[Any]]) -> None:
        self.sections = sections
        self.changes: list[str] = []
        self.faults: list[Fault] = []

    def run(self) -> None:
        """Groups before those in them, queues before the queues that park in them."""
        for name in self.sections.get("agent_groups", []):
            self.entry(AgentGroup, "agent group", {"name": name}, {})
        for name in self.sections.get("place_groups", []):
            self.entry(PlaceGroup, "place group", {"name": name}, {})
        self._each("media_types", self._media_type)
        self._each("places", self._place)
        self._each("agents", lambda path, given: self._agent(path, given, is_supervisor=False))
        self._each("supervisors", lambda path, given: self._agent(path, given, is_supervisor=True))
        self._each("queues", self._queue)
        self._each("queues", self._parking)
        self._each("workbin_types", self._workbin_type)
        self._each("services", self._service)
        if made := provision_workbins():
            self.changes.append(f"made {made} workbins")

    def _each(self, section: str, enter: Callable[[Path, dict[str, Any]], None]) -> None:
        for index, given in enumerate(self.sections.get(section, [])):
            enter((section, index), given)

    def _media_type(self, path: Path, given: dict[str, Any]) -> None:
        self.entry(MediaType, "media type", *_keyed(given, "name"))

    def _place(self, path: Path, given: dict[str, Any]) -> None:
        groups = self.named(PlaceGroup, path, given, "groups")
        place = self.entry(Place, "place", *_keyed(given, "name"))
        self.members(place, "place", "groups", groups)

    def _agent(self, path: Path, given: dict[str, Any], is_supervisor: bool) -> None:
        groups = self.named(AgentGroup, path, given, "groups")
        username, password = given.pop("username"), given.pop("password", None)
        employee = given.get("employee_id")
        if employee and Agent.objects.filter(employee_id=employee).exclude(user__username=username).exists():
            return self.fault((*path, "employee_id"), f"{employee} is another agent's.")
        user = self._user(username, password)
        given["is_supervisor"] = is_supervisor
        agent = self.entry(Agent, "supervisor" if is_supervisor else "agent", {"user": user}, given)
        self.members(agent, "agent", "groups", groups)

    def _user(self, username: str, password: str | None) -> Any:
        user, is_new = get_user_model().objects.get_or_create(username=username)
        if password is not None and not user.check_password(password):
            user.set_password(password)
            if not is_new:
                self.changes.append(f"changed the password of {username}")
            user.save()
        elif is_new:
            user.set_unusable_password()
            user.save()
        return user

    def _queue(self, path: Path, given: dict[str, Any]) -> None:
        groups = self.named(AgentGroup, path, given, "agent_groups")
        given = {name: value for name, value in given.items() if name != "parking_queue"}
        queue = self.entry(Queue, "queue", *_keyed(given, "name"))
        self.members(queue, "queue", "agent_groups", groups)

    def _parking(self, path: Path, given: dict[str, Any]) -> None:
        if "parking_queue" not in given:
            return
        name = given["parking_queue"]
        parking = Queue.objects.filter(name=name, is_private=False).first() if name else None
        if name and parking is None:
            return self.fault((*path, "parking_queue"), f"There is no queue {name}: name one of this file.")
        self.entry(Queue, "queue", {"name": given["name"]}, {"parking_queue": parking})

    def _workbin_type(self, path: Path, given: dict[str, Any]) -> None:
        existing = WorkbinType.objects.filter(name=given["name"]).first()
        if existing and existing.owner_kind != given["owner_kind"]:
            allowed = f"It is {existing.owner_kind} and has workbins: make another type."
            return self.fault((*path, "owner_kind"), allowed)
        self.entry(WorkbinType, "workbin type", *_keyed(given, "name"))

    def _service(self, path: Path, given: dict[str, Any]) -> None:
        self.entry(Service, "service", *_keyed(given, "name"))

    def entry(self, model: type[Model], kind: str, key: dict[str, Any], fields: dict[str, Any]) -> Any:
        """Make it, or change the fields that differ."""
        found = model._default_manager.filter(**key).first()
        if found is None:
            made = model._default_manager.create(**key, **fields)
            self.changes.append(f"made {kind} {made}")
            return made
        changed = {name: value for name, value in fields.items() if getattr(found, name) != value}
        for name, value in changed.items():
            self.changes.append(f"changed {kind} {found}: {name} {getattr(found, name)} -> {value}")
            setattr(found, name, value)
        if changed:
            found.save(update_fields=changed)
        return found

    def named(self, model: type[Model], path: Path, given: dict[str, Any], field: str) -> list[Any] | None:
        """The groups an entry names; None when it says nothing of them."""
        names = given.pop(field, None)
        if names is None:
            return None
        found = {group.name: group for group in model._default_manager.filter(name__in=names)}  # type: ignore[attr-defined]
        for index, name in enumerate(names):
            if name not in found:
                self.fault((*path, field, index), f"There is no group {name}: list it in this file.")
        return list(found.values())

    def members(self, owner: Any, kind: str, field: str, groups: Iterable[Any] | None) -> None:
        if groups is None:
            return
        before = sorted(map(str, getattr(owner, field).all()))
        after = sorted(map(str, groups))
        if before != after:
            getattr(owner, field).set(groups)
            self.changes.append(
                f"changed {kind} {owner}: {field} [{', '.join(before)}] -> [{', '.join(after)}]"
            )

    def fault(self, path: Path, text: str) -> None:
        self.faults.append(Fault(path, text))


def _keyed(given: dict[str, Any], key: str) -> tuple[dict[str, Any], dict[str, Any]]:
    return {key: given[key]}, {name: value for name, value in given.items() if name != key}
