"""Who plays: made ready in the database the way `apply_config` does it, at each run with new passwords."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from config.configuration import Faults, apply
from interactions.credentials import issue_token
from interactions.models import Interaction, Queue
from workbins.models import WorkbinType

HANDLING_TIMEOUT = 4  # seconds, of its own queue


class CannotPrepare(Exception):
    """Says why in one line."""


@dataclass(frozen=True, slots=True)
class Cast:
    run: str  # what the external ids of this run begin with
    began_at: datetime  # by the database's clock
    passwords: dict[str, str]  # by user name
    queues: list[str]
    media_type: str
    workbin_type: str
    handling_timeout: int | None  # of each interaction; None: the queue's
    left_over: list[int]  # interactions of earlier runs that still wait
    media_token: str
    reporting_token: str

    def owns(self, external_id: str | None) -> bool:
        return bool(external_id) and str(external_id).startswith(self.run)


def prepare(name: str, agents: int, queues: list[str], handling_timeout: int | None) -> Cast:
    """`name` begins all its names, so that it touches nobody else's. Queues that are named must exist."""
    with connection.cursor() as cursor:
        # Held until the connection closes: two with one cast would keep each other's holds alive.
        cursor.execute(
            "SELECT pg_try_advisory_lock(hashtext('simulate'), hashtext(%s)), clock_timestamp()", [name]
        )
        is_alone, began_at = cursor.fetchone()
    if not is_alone:
        raise CannotPrepare(f"a simulation named {name!r} is running; give this one another --name")
    passwords = {f"{name}-{number}": secrets.token_urlsafe(18) for number in range(1, agents + 1)}
    workbin_type = "drafts"
    document = {
        "media_types": [{"name": name}],
        "agent_groups": [name],
        "agents": [{"username": each, "password": passwords[each], "groups": [name]} for each in passwords],
        "queues": [_shared(queue, name) for queue in queues] or [_own(name)],
        "services": [
            {"name": f"{name}-media", "role": "media_server"},
            {"name": f"{name}-reporting", "role": "reporting_engine"},
        ],
    }
    if not WorkbinType.objects.filter(name=workbin_type, owner_kind="agent").exists():
        workbin_type = f"{name}-drafts"
        document["workbin_types"] = [{"name": workbin_type, "owner_kind": "agent"}]
    try:
        apply(document)
    except Faults as error:  # a --name that is no name of a queue, or one that is somebody else's
        raise CannotPrepare(str(error)) from None
    left_over = Interaction.objects.filter(media_type__name=name, state="queued").order_by("pk")
    return Cast(
        run=f"{name}-{secrets.token_hex(4)}-",
        began_at=began_at,
        passwords=passwords,
        queues=queues or [f"{name}-queue"],
        media_type=name,
        workbin_type=workbin_type,
        handling_timeout=handling_timeout,
        left_over=list(left_over.values_list("pk", flat=True)),
        media_token=issue_token(f"{name}-media"),
        reporting_token=issue_token(f"{name}-reporting"),
    )


def _own(name: str) -> dict[str, object]:
    description = "Of the command simulate"
    queue = {"name": f"{name}-queue", "description": description, "handling_timeout": HANDLING_TIMEOUT}
    return {**queue, "agent_groups": [name]}


def _shared(queue: str, name: str) -> dict[str, object]:
    found = Queue.objects.filter(name=queue, is_private=False).first()
    if found is None:
        raise CannotPrepare(f"there is no queue {queue!r}")
    groups = set(found.agent_groups.values_list("name", flat=True))
    return {"name": queue, "agent_groups": sorted(groups | {name})}
