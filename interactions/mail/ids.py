"""Message-IDs: without the angle brackets, no longer than the column."""

import hashlib
import re

from .headers import Headers
from .mended import Mended

MAX_ID = 255  # characters, as Interaction.external_id
MAX_PARENTS = 50  # of a long thread, the nearest

BRACKETED = re.compile(r"<\s*([^<>]+?)\s*>")


def own_id(headers: Headers) -> str | None:
    found = _ids(headers.source("message-id"))
    return found[0] if found else None


def parent_ids(headers: Headers) -> list[str]:
    """The likeliest first. In-Reply-To of old mail holds the address of whom it answers before the id."""
    answered = [each for value in headers.all("in-reply-to") for each in _ids(value)]
    own = own_id(headers)
    likeliest = [*reversed(answered), *reversed(references(headers))]
    return [each for each in dict.fromkeys(likeliest) if each != own][:MAX_PARENTS]


def references(headers: Headers) -> list[str]:
    return [each for value in headers.all("references") for each in _ids(value)][-MAX_PARENTS:]


def in_reply_to(headers: Headers) -> str | None:
    found = _ids(headers.source("in-reply-to"))
    return found[-1] if found else None


def fit(text: str) -> str:
    """What is too long for the column is represented by its hash, the same each time."""
    return text if len(text) <= MAX_ID else f"sha256-{hashlib.sha256(text.encode()).hexdigest()}@long-id"


def external_id(message_id: str | None, fingerprint: str, mended: set[Mended]) -> str:
    if message_id is None:
        mended.add(Mended.ID_MISSING)
        return f"sha256-{fingerprint}@no-message-id"
    if len(message_id) > MAX_ID:
        mended.add(Mended.ID_LONG)
    return fit(message_id)


def _ids(value: str) -> list[str]:
    found = BRACKETED.findall(value) or [word for word in value.split() if "@" in word.strip("<>@")]
    return ["".join(each.split()).strip("<>") for each in found]
