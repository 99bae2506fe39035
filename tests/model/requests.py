"""The acts of the model as requests of the REST API."""

from collections.abc import Callable
from typing import Any

from tests.applications import Json
from tests.model.words import Words
from tests.model.world import Interaction, Location

Request = tuple[str, str, Json | None]


def given_only(**body: Any) -> Json:
    return {name: value for name, value in body.items() if value is not None}


def submit(words: Words, location: Location, given: Json) -> Request:
    return "POST", "interactions", {**words.where(location), **given_only(**given)}


def pull(words: Words, location: Location, count: int, media_types: Any) -> Request:
    body = given_only(count=count, media_types=media_types)
    where = f"queues/{location.name}" if not location.is_workbin else at(words, location)
    return "POST", f"{where}/pull", body


def at(words: Words, workbin: Location) -> str:
    return f"workbins/{words.workbins[workbin.name]}"


def pull_by_id(words: Words, workbin: Location, them: tuple[Interaction, ...]) -> Request:
    ids = [words.interaction(it) for it in them]
    return "POST", f"{at(words, workbin)}/pull", {"interactions": ids}


def about(words: Words, it: Interaction) -> str:
    return f"interactions/{words.interaction(it)}"


def place(words: Words, it: Interaction, party: int | None, location: Location | None) -> Request:
    where = words.where(location) if location else {}
    what = "place-in-workbin" if "workbin" in where else "place-in-queue"
    return "POST", f"{about(words, it)}/{what}", words.party(party) | where


def stop(words: Words, it: Interaction, party: int | None, reason: str | None) -> Request:
    return "POST", f"{about(words, it)}/stop-processing", words.party(party) | {"reason": reason}


def change(words: Words, it: Interaction, party: int | None, given: Json) -> Request:
    own = {"priority": given["priority"]} if "priority" in given else {}
    data = {"user_data": {name: value for name, value in given.items() if name not in own}}
    return "PATCH", about(words, it), words.party(party) | own | data


REQUESTS: dict[str, Callable[..., Request]] = {
    "log_out": lambda words: ("DELETE", "sessions/current", None),
    "keep_alive": lambda words: ("POST", "keep-alive", {}),
    "submit": submit,
    "pull": pull,
    "pull_next": lambda words, media_types: ("POST", "pull-next", given_only(media_types=media_types)),
    "pull_by_id": pull_by_id,
    "place": place,
    "stop": stop,
    "change": change,
    "revoke": lambda words, it: ("POST", f"{about(words, it)}/revoke", {}),
    "look": lambda words, it: ("GET", about(words, it), None),
    "subscribe": lambda words, workbin: ("PUT", f"{at(words, workbin)}/subscription", None),
}
