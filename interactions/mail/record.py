"""One mail's bytes -> Mail. Whatever the bytes are, there is a Mail."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from . import dates, ids, parts
from .headers import Headers, split_mail
from .mended import Mended
from .text import clean

MAX_USER_DATA = 65_536  # bytes of JSON
MAX_MENDED = 1_024  # of them for the list of what was mended
MAX_LINE = 2_000  # characters of a subject or an address


@dataclass(slots=True)
class Mail:
    external_id: str
    fingerprint: str  # two mails with the same Message-ID are the same mail if this is the same too
    received_at: datetime
    parents: list[str]  # external ids of what it may answer, the likeliest first
    user_data: dict[str, Any]
    mended: set[Mended] = field(default_factory=set)

    def tell_apart(self) -> None:
        """Another mail has its Message-ID."""
        self.external_id = ids.fit(f"{self.external_id}#{self.fingerprint[:16]}")
        self.mended.add(Mended.ID_SHARED)
        self.user_data["mended"] = sorted(self.mended)


def read_head(head: bytes) -> tuple[str | None, list[str]]:
    """External id, unless it has to be made from the content, and those of its possible parents."""
    headers = Headers(split_mail(head, set())[0], set())
    own = ids.own_id(headers)
    return own and ids.fit(own), [ids.fit(each) for each in ids.parent_ids(headers)]


def read_mail(content: bytes, *, envelope: str = "", now: datetime, is_cut: bool = False) -> Mail:
    """`envelope`: the rest of the mbox's `From ` line; `is_cut`: `content` is not all of the mail."""
    mended: set[Mended] = {Mended.CUT} if is_cut else set()
    head, body = split_mail(content, mended)
    headers = Headers(head, mended)
    fingerprint = _fingerprint(headers, body)
    message_id = ids.own_id(headers)
    try:
        text, attachments = parts.read_parts(parts.parse(head, body), mended)
    except Exception:  # nested too deep, or a kind of broken that nobody has met yet
        mended.add(Mended.UNREADABLE)
        text, attachments = clean(body.decode("utf-8", "replace"), mended), []
    user_data = {
        "subject": headers.text("subject")[:MAX_LINE],
        "from": ", ".join(headers.addresses("from"))[:MAX_LINE],
        "to": [each[:MAX_LINE] for each in headers.addresses("to")],
        "cc": [each[:MAX_LINE] for each in headers.addresses("cc")],
        "date": headers.source("date")[:MAX_LINE],
        "message_id": message_id and message_id[:MAX_LINE],
        "in_reply_to": ids.in_reply_to(headers),
        "references": ids.references(headers),
        "text": text.rstrip(),
        "attachments": attachments,
        "fingerprint": fingerprint,
    }
    external_id = ids.external_id(message_id, fingerprint, mended)
    received_at = dates.received_at(headers, envelope, now, mended)
    if json_size(user_data) > MAX_USER_DATA - MAX_MENDED:
        mended.add(Mended.CUT)
        _cut(user_data, MAX_USER_DATA - MAX_MENDED)
    user_data["mended"] = sorted(mended)
    parents = [ids.fit(each) for each in ids.parent_ids(headers)]
    return Mail(external_id, fingerprint, received_at, parents, user_data, mended)


def _fingerprint(headers: Headers, body: bytes) -> str:
    """Over what the sender wrote: not the headers that each hop, mailbox and mail program adds."""
    written = [headers.raw("from"), headers.raw("date"), headers.raw("subject")]
    body = body.replace(b"\r\n", b"\n").strip()
    return hashlib.sha256(b"\n".join([*written, body])).hexdigest()[:32]


def _cut(user_data: dict[str, Any], size: int) -> None:
    """The lists to three quarters of it, then the text to what is left."""
    for key in ("to", "cc", "references", "attachments"):
        while len(user_data[key]) > 1 and json_size({**user_data, "text": ""}) > size * 3 // 4:
            user_data[key] = user_data[key][: len(user_data[key]) // 2]
    room = size - json_size({**user_data, "text": ""})
    text = user_data["text"]
    low, high = 0, min(len(text), room)
    while low < high:  # by halving: how much room a text takes shows only in JSON
        middle = (low + high + 1) // 2
        low, high = (middle, high) if json_size(text[:middle]) - 2 <= room else (low, middle - 1)
    user_data["text"] = text[:low]


def json_size(value: object) -> int:
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())
