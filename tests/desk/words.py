"""A floor on which every text that agents see has hostile words, each with the name of where it stands."""

import json
from typing import Any

from interactions.models.directory import Role
from tests import cast
from tests.applications import Application, Json
from tests.browser.watching import squeezed
from tests.hostile.words import ALL_IN_ONE
from workbins.models import WorkbinType

QUEUE = "hostile"
KINDS = ("agent", "agent_group", "place", "place_group")


def words(where: str) -> str:
    return f"{where} {ALL_IN_ONE}"


def in_json(where: str) -> str:
    """As the desk shows what is not text by itself."""
    return json.dumps(words(where))[1:-1]


SENDER = words("sender").partition("<")[0].rstrip()  # an address begins after it
MAIL: Json = {
    "subject": words("subject"),
    "from": words("sender"),
    "to": [words("receiver")],
    "cc": words("copy"),
    "text": f"{words('text')}\n> {words('quote')}\nhttp://127.0.0.1/{ALL_IN_ONE}\n-- \n{words('signature')}",
    "attachments": [{"name": words("file"), "content_type": words("file type"), "size": 7}],
    "note": words("note"),
    "message_id": words("message id"),
    words("key"): words("value"),
    "nested": {words("inner key"): [words("inner value")]},
}
ANSWER: Json = {"subject": words("answer"), "from": "x", "text": words("told"), "note": words("remark")}

# What an agent must have seen in the end.
SHOWN = [
    *map(words, ("description", "group", "place", "place group", "medium", "service")),
    *(words(f"type of {kind}") for kind in KINDS),
    *map(words, ("subject", "receiver", "copy", "text", "quote", "signature", "file", "file type")),
    *map(words, ("note", "message id", "key", "value", "external id", "subtype")),
    *map(words, ("answer", "told", "remark", "title", "kept", "looked at")),
    *map(words, ("new key", "new value", "draft", "reason", "user")),  # as they are typed
    *map(in_json, ("inner key", "inner value")),
    SENDER,
]


def missing(seen: str) -> list[str]:
    return [one for one in SHOWN if squeezed(one) not in seen]


def furnish() -> Application:
    """Mallory's floor, with lena as supervisor. Returns the media server."""
    place = cast.place(words("place"), words("place group"))
    mallory = cast.agent("mallory", words("group"))
    cast.agent("lena", words("group"), is_supervisor=True)
    cast.queue(QUEUE, words("group"), description=words("description"), handling_timeout=600)
    cast.media_type(words("medium"))
    for kind in KINDS:
        WorkbinType.objects.create(name=kind, display_name=words(f"type of {kind}"), owner_kind=kind)
    team = cast.group(words("group"))
    owners: list[Any] = [mallory, team, place, place.groups.get()]
    gateway = cast.service(words("service"), Role.MEDIA_SERVER)
    for kind, owner in zip(KINDS, owners, strict=True):
        item(gateway, cast.workbin_of(owner, kind), title=words("title"))
    item(gateway, cast.workbin_of(team, "agent_group"), title=words("looked at"))
    item(gateway, cast.workbin_of(team, "agent_group"), title=words("kept"))
    return gateway


def item(gateway: Application, workbin: int, **user_data: Any) -> int:
    return submit(gateway, workbin=workbin, user_data=user_data)


def mail(gateway: Application) -> int:
    """And an answer to it."""
    given = {"external_id": words("external id"), "interaction_subtype": words("subtype")}
    first = submit(gateway, queue=QUEUE, user_data=MAIL, **given)
    submit(gateway, queue=QUEUE, user_data=ANSWER, parent=first)
    return first


def submit(gateway: Application, **given: Any) -> int:
    return int(gateway.submit(media_type=words("medium"), **given).ok(201)["interaction"]["id"])
