"""An interaction's properties change. Where it stands and who holds it do not."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import orjson

from interactions import access, mailbox, signals
from interactions.callers import Caller
from interactions.commands import Command, command, ends_overdue
from interactions.errors import ExternalIdTaken, Invalid
from interactions.lifecycle.guards import guard, waited_in
from interactions.lifecycle.timeouts import expire_before_refusal
from interactions.mailbox import Letter
from interactions.models.interaction import USER_DATA_BYTES
from interactions.rows import Row
from interactions.statements import change

Names = dict[str, list[str]]  # by what became of them: added, changed, deleted


@dataclass(slots=True)
class Changes:
    user_data: dict[str, Any] = field(default_factory=dict)  # members to set; None deletes one
    columns: dict[str, Any] = field(default_factory=dict)  # priority, interaction_subtype, external_id


@ends_overdue(expire_before_refusal)
@command("ChangeProperties")
def change_properties(
    cmd: Command, caller: Caller, interaction: int, party: int | None, changes: Changes
) -> Row:
    """Change what differs, as its party or with the right to do so without. Nobody hears of no change.

    Errors: NotFound, NotPermitted, NotHeld, StaleParty, Stopped, ExternalIdTaken, Invalid for user_data
    that would grow too large.
    """
    row = guard(cmd, caller, interaction, party, access.may_stop_or_change_any)
    names = _what_changes(row, changes)
    if not any(names.values()):
        return row
    columns = {name: getattr(row, name) for name in change.PROPERTIES} | changes.columns
    try:
        user_data, revision = change.change_properties(row.id, changes.user_data, **columns)
    except change.Taken as error:
        raise ExternalIdTaken(overdue=[row.id]) from error
    if len(orjson.dumps(orjson.loads(user_data))) > USER_DATA_BYTES:
        text = f"With these changes there would be more than {USER_DATA_BYTES} bytes of JSON."
        raise Invalid(errors={"user_data": [text]}, overdue=[row.id])
    changed = replace(row, user_data=user_data, **columns)
    _announce(cmd, caller, changed, names, revision)
    return changed


def _what_changes(row: Row, changes: Changes) -> Names:
    found = [*change.compare_user_data(row.id, changes.user_data), *_compare_columns(row, changes.columns)]
    return {
        what: sorted({name for name, became in found if became == what})
        for what in ("added", "changed", "deleted")
    }


def _compare_columns(row: Row, columns: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in columns.items():
        before = getattr(row, name)
        if value != before:
            yield name, "added" if before is None else "deleted" if value is None else "changed"


def _announce(cmd: Command, caller: Caller, row: Row, names: Names, revision: int) -> None:
    attributes = {**names, "revision": revision}
    fact = row.fact(row.hold, waited_in=waited_in(row), attributes=attributes)
    cmd.announce(signals.properties_changed, [fact])
    if row.hold and not row.hold.is_of(caller):
        body = {"interaction": row.id, **names, "actor": cmd.actor.members()}
        mailbox.post(cmd, Letter("EventPropertiesChanged", body, agent_id=row.hold.agent_id))
