"""Schemathesis over the document that a running server gives, as one role."""

import json
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import Status, events, from_schema

from tests.contract import exceptions
from tests.contract.floor import Role

Say = Callable[[str], None]

# Names that exist on the floor, among those that are made up.
NAMES = {"queues": ["email-support", "leads"], "media-types": ["email", "chat"], "places": ["desk-17"]}
WHERE = {
    "path.name": "queues",
    "body.queue": "queues",
    "body.media_type": "media-types",
    "body.media_types[*]": "media-types",
    "body.place": "places",
}


@dataclass
class Outcome:
    """How much was asked, and what was wrong: by operation and fault, with a curl line that repeats it."""

    examples: int = 0
    accepted: int = 0
    faults: dict[tuple[str, str], str] = field(default_factory=dict)


def configuration(address: str, examples: int, seed: int, at_borders: bool) -> SchemathesisConfig:
    """All checks. `examples` are for each operation, and again for the links."""
    return SchemathesisConfig.from_dict(
        {
            "base-url": address,
            "seed": seed,
            "cache": {"enabled": False},  # the same each time, and no files left here
            "continue-on-failure": True,
            "request-timeout": 30,
            "dictionaries": {name: {"values": values} for name, values in NAMES.items()},
            "checks": {"negative_data_rejection": {"expected-statuses": exceptions.REFUSED}},
            "generation": {
                "max-examples": examples,
                "database": "none",
                "no-shrink": True,
            },
            "parameters": {where: {"dictionary": name, "probability": 0.8} for where, name in WHERE.items()},
            "phases": {"coverage": {"enabled": at_borders, "generate-duplicate-query-parameters": True}},
            "output": {"sanitization": {"enabled": False}, "truncation": {"enabled": False}},
        }
    )


def check(
    address: str,
    role: Role,
    examples: int,
    *,
    seed: int = 1,
    at_borders: bool = True,
    document: Any = None,
    say: Say = lambda text: None,
) -> Outcome:
    """`at_borders`: also each value at and beyond each limit of the document, a thousand requests or so.
    `document`: instead of the server's own.
    """
    config = configuration(address, examples, seed, at_borders)
    schema = schemathesis.openapi.from_dict(document or read_document(address), config=config)
    schema.hook("filter_failure")(exceptions.is_fault)
    if role.renew:
        schema.hook("after_call")(notice_the_end_of(role))
        schema.auth(refresh_interval=None)(bearer(role))
    outcome = Outcome()
    for event in from_schema(schema.exclude(path_regex=exceptions.ENDLESS)).execute():
        if isinstance(event, events.ScenarioFinished):
            read(event, role, outcome)
            say(f"{role.name}, {event.phase.value}: {event.recorder.label}")
        elif isinstance(event, events.NonFatalError):
            outcome.faults[event.label, str(event.value)] = "(the example could not be made or sent)"
        elif isinstance(event, events.FatalError):
            raise event.exception
    return outcome


def read_document(address: str) -> Any:
    with urllib.request.urlopen(f"{address}/api/schema/?format=json", timeout=30) as response:
        return json.load(response)


@schemathesis.hook("before_call")
def wait_briefly(context: Any, case: Any, kwargs: Any) -> None:
    """The longest wait becomes a second, and the others none: most wait for nothing."""
    for given in (case.body, case.query):
        if isinstance(given, dict) and str(given.get("wait_seconds")) in map(str, range(31)):
            given["wait_seconds"] = int(given["wait_seconds"]) // 30


def bearer(role: Role) -> type[Any]:
    class Bearer:
        def get(self, case: Any, context: Any) -> str:
            return role.use()

        def set(self, case: Any, token: str, context: Any) -> None:
            case.headers["Authorization"] = f"Bearer {token}"

    return Bearer


def notice_the_end_of(role: Role) -> Callable[..., None]:
    """A log-out ends the token, and the next example needs another."""

    def after_call(context: Any, case: Any, response: Any) -> None:
        sent = response.request.headers.get("Authorization")
        if sent == f"Bearer {role.token}" and response.status_code in (204, 401):
            role.token = ""

    return after_call


def read(event: events.ScenarioFinished, role: Role, outcome: Outcome) -> None:
    answers = [each.response for each in event.recorder.interactions.values() if each.response]
    outcome.examples += len(answers)
    outcome.accepted += sum(answer.status_code < 300 for answer in answers)
    for case_id, checks in event.recorder.checks.items():
        for one in checks:
            if one.status == Status.FAILURE and one.failure_info:
                case = event.recorder.cases[case_id].value
                failure = one.failure_info.failure
                key = (case.operation.label, failure.title)
                outcome.faults.setdefault(key, f"{failure.message}\n{one.failure_info.code_sample}")
