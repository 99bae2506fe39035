"""The text and the attachments of a mail's MIME structure.

The standard parser makes the structure; its accessors raise many kinds of error on broken headers of parts,
so each is asked through `_ask`, with an answer for when it cannot say.
"""

from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from email.message import Message
from typing import Any, TypeVar

from .mended import Mended
from .text import clean, decode, from_html

MAX_ATTACHMENTS = 200
MAX_NAME = 255
MAX_DEPTH = 30

T = TypeVar("T")


def parse(head: bytes, body: bytes) -> Message:
    return message_from_bytes(head + b"\n\n" + body, policy=policy.default)


def read_parts(message: Message, mended: set[Mended]) -> tuple[str, list[dict[str, Any]]]:
    """The plain texts one after the other; without any the HTML's, a text attachment's, an inner mail's.
    Then the attachments."""
    plain: list[str] = []
    html: list[str] = []
    attached_text: list[str] = []
    inner: list[Message] = []
    attachments: list[dict[str, Any]] = []
    for part in _leaves(message, mended):
        kind, name, content = (
            clean(_content_type(part), mended),
            _file_name(part, mended),
            _content(part, mended),
        )
        if kind.startswith("text/"):
            text = decode(content, _ask(part.get_content_charset, None), mended)
            text = (from_html(text) if kind == "text/html" else text.replace("\r\n", "\n")).strip("\n")
            if _is_attachment(part, name):
                attached_text.append(text)
            elif text.strip():
                (html if kind == "text/html" else plain).append(text)
        if kind.startswith("message/"):
            inner.append(part)
        if not kind.startswith("text/") or _is_attachment(part, name):
            attachments.append({"name": name, "content_type": kind, "size": len(content)})
    texts = plain or html or attached_text or [t for part in inner for t in _inner_texts(part, mended)]
    return clean("\n\n".join(texts), mended), attachments[:MAX_ATTACHMENTS]


def _leaves(part: Message, mended: set[Mended], depth: int = 0) -> Iterator[Message]:
    """The parts that hold content. A mail within the mail is one of them. ValueError if nested too deep."""
    inner = _inner(part)
    if depth > MAX_DEPTH:
        raise ValueError("nested too deep")
    if _content_type(part).startswith("multipart/") and inner:
        if part.defects:
            mended.add(Mended.STRUCTURE)
        for each in inner:
            yield from _leaves(each, mended, depth + 1)
    else:
        yield part


def _inner_texts(part: Message, mended: set[Mended]) -> list[str]:
    return [read_parts(mail, mended)[0] for mail in _inner(part)]


def _inner(part: Message) -> list[Message]:
    payload = part.get_payload()
    return [each for each in payload if isinstance(each, Message)] if isinstance(payload, list) else []


def _is_attachment(part: Message, name: str) -> bool:
    return bool(name) or _ask(part.get_content_disposition, None) == "attachment"


def _content_type(part: Message) -> str:
    kind = _ask(part.get_content_type, "application/octet-stream")
    is_broken = kind.startswith("multipart/") and not isinstance(part.get_payload(), list)
    return "text/plain" if is_broken else kind[:MAX_NAME]


def _file_name(part: Message, mended: set[Mended]) -> str:
    name = _ask(part.get_filename, None)
    if not name and _content_type(part) == "message/rfc822":
        name = _ask(lambda: _inner(part)[0].get("subject"), None)
    return clean(" ".join(str(name or "").split()), mended)[:MAX_NAME]


def _content(part: Message, mended: set[Mended]) -> bytes:
    if isinstance(part.get_payload(), list):
        return bytes(_ask(lambda: b"".join(bytes(each) for each in _inner(part)), b""))
    content = _ask(lambda: part.get_payload(decode=True), None)
    if part.defects:
        mended.add(Mended.STRUCTURE)
    if not isinstance(content, bytes):
        content = str(part.get_payload()).encode("utf-8", "surrogateescape")
    return content


def _ask(question: Callable[[], T], otherwise: Any) -> Any:
    try:
        return question()
    except Exception:  # whatever the header classes stumbled over
        return otherwise
