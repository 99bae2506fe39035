"""The floor: what must be on the server, floor.yaml. It is written by `python -m tests.conformance.floor`.

There is no way to make agents and queues over REST, so they come by `apply_config`. Each scenario has agents
and queues of its own while it is played: there are several of the usual ones, alike.
"""

import json
import sys
from typing import Any

PREFIX = "kit-"
PASSWORD = "only for the conformance kit"
AGENTS, LINES = 12, 12

TEAM, OTHERS, NEXT = "kit-team", "kit-others", "kit-next"
DESK = "kit-desk"
MAIL, CHAT = "kit-mail", "kit-chat"
CHAT_TIMEOUT, SHORT, CAP, CAPPED_TIMEOUT, ROOM = 7, 5, 6, 60, 3


def bare(name: str) -> str:
    """`line` of `kit-line-07`."""
    return name.removeprefix(PREFIX).rstrip("0123456789").rstrip("-")


def _numbered(kind: str, count: int) -> list[str]:
    return [f"{PREFIX}{kind}-{number:02}" for number in range(1, count + 1)]


AGENT_NAMES, LINE_NAMES = _numbered("agent", AGENTS), _numbered("line", LINES)


def _person(name: str, *groups: str, **terms: Any) -> dict[str, Any]:
    return {"username": name, "password": PASSWORD, "groups": list(groups), **terms}


def _queue(name: str, group: str = TEAM, **terms: Any) -> dict[str, Any]:
    return {"name": name, "agent_groups": [group], **terms}


DOCUMENT: dict[str, list[Any]] = {
    "media_types": [{"name": MAIL}, {"name": CHAT, "handling_timeout": CHAT_TIMEOUT}],
    "agent_groups": [TEAM, OTHERS, NEXT],
    "place_groups": ["kit-floor"],
    "places": [{"name": DESK, "groups": ["kit-floor"]}],
    "agents": [
        *(_person(name, TEAM) for name in AGENT_NAMES),
        _person("kit-small", TEAM, capacity=ROOM),
        _person("kit-nina", NEXT),
    ],
    "supervisors": [_person("kit-lena", TEAM), _person("kit-otto", OTHERS)],
    "queues": [
        *(_queue(name, handling_timeout=600) for name in LINE_NAMES),
        _queue("kit-plain"),
        _queue("kit-short", handling_timeout=SHORT),
        _queue("kit-capped", handling_timeout=CAPPED_TIMEOUT, max_handling_time=CAP),
        _queue("kit-parked"),
        _queue("kit-strict", handling_timeout=1, max_revocations=1, parking_queue="kit-parked"),
        _queue("kit-paused", is_paused=True),
        _queue("kit-elsewhere", OTHERS, handling_timeout=600),
        _queue("kit-next-last", NEXT, position=3),
        _queue("kit-next-first", NEXT, position=1),
        _queue("kit-next-middle", NEXT, position=2),
        _queue("kit-next-paused", NEXT, position=0, is_paused=True),
    ],
    "workbin_types": [
        {"name": "kit-drafts", "owner_kind": "agent"},
        {"name": "kit-shared", "owner_kind": "agent_group"},
        {"name": "kit-at-desk", "owner_kind": "place"},
        {"name": "kit-on-floor", "owner_kind": "place_group"},
    ],
    "services": [{"name": "kit-gateway", "role": "media_server"}],
}

HEAD = """\
# What the conformance kit stands on: apply it to the server that is to be judged, and to none that is in use.
#   python manage.py apply_config tests/conformance/floor.yaml
# Written by `python -m tests.conformance.floor`. Each entry is JSON, which is YAML too.
"""


def write() -> str:
    lines = [HEAD]
    for section, entries in DOCUMENT.items():
        lines += [f"{section}:", *(f"  - {json.dumps(entry)}" for entry in entries), ""]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.stdout.write(write())
