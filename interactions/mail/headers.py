"""The header block of a mail, read so that a broken line costs that line and not the rest.

The standard parser takes the first line that is no header for the beginning of the body, and its header
classes raise on some of what real mail holds; so headers are read here and it is left the MIME structure.
"""

import base64
import quopri
import re

from .mended import Mended
from .text import clean, decode

MAX_VALUE = 32_768  # bytes; a longer value is cut

LINE = re.compile(rb"[!-9;-~]+[ \t]*:|[ \t]")
KNOWN = re.compile(
    rb"(received|return-path|from|to|cc|date|subject|message-id|mime-version|content-type)[ \t]*:",
    re.IGNORECASE,
)
WORD = re.compile(r"=\?([^?*\s]+)(?:\*[^?\s]*)?\?([bq])\?([^?]*)\?=", re.IGNORECASE)
BETWEEN_WORDS = re.compile(r"(?<=\?=)\s+(?==\?[^?\s]+\?[bq]\?)", re.IGNORECASE)
FOLD = re.compile(r"\r?\n\s*|\t")


class Headers:
    """Raw values by name, in order; `text` and `addresses` decode them."""

    def __init__(self, head: bytes, mended: set[Mended]) -> None:
        self.mended = mended
        self.values: dict[str, list[bytes]] = {}
        name, lines = "", list[bytes]()
        for line in [*head.splitlines(), b"end:"]:
            if line[:1] in (b" ", b"\t") and name:
                lines.append(line.strip())
                continue
            if name:
                self.values.setdefault(name, []).append(b" ".join(lines)[:MAX_VALUE])
            raw_name, _, value = line.partition(b":")
            name, lines = raw_name.strip().decode("ascii", "replace").lower(), [value.strip()]

    def raw(self, name: str) -> bytes:
        return self.values.get(name, [b""])[0]

    def all(self, name: str) -> list[str]:
        return [self._unescaped(value) for value in self.values.get(name, [])]

    def source(self, name: str) -> str:
        """As it was, encoded words and all."""
        return self._unescaped(self.raw(name))

    def text(self, name: str) -> str:
        return self._decoded(self.source(name))

    def addresses(self, name: str) -> list[str]:
        """Split before decoding: an encoded name may hold a comma."""
        pieces = (piece for value in self.all(name) for piece in split_addresses(value))
        return [text for piece in pieces if (text := self._decoded(piece).replace('"', "").strip())]

    def _unescaped(self, value: bytes) -> str:
        if value.isascii():
            text = value.decode("ascii")
        else:
            self.mended.add(Mended.HEADER)  # eight-bit bytes belong into encoded words
            text = decode(value, "utf-8", set())
            text = text if "\ufffd" not in text else value.decode("cp1252", "replace")
        return clean(FOLD.sub(" ", text), self.mended).strip()

    def _decoded(self, value: str) -> str:
        return clean(decode_words(value, self.mended), self.mended).strip()


def split_mail(content: bytes, mended: set[Mended]) -> tuple[bytes, bytes]:
    """Header block and body, the block without stray lines."""
    blank = re.search(rb"\r?\n\r?\n|\A\r?\n", content)
    block, body = (content[: blank.start()], content[blank.end() :]) if blank else (content, b"")
    head = block.splitlines()
    strays = [n for n, line in enumerate(head) if not LINE.match(line)]
    if not strays:
        return block, body
    mended.add(Mended.HEADER)
    last_known = max((n for n, line in enumerate(head) if KNOWN.match(line)), default=-1)
    body_start = next((n for n in strays if n > last_known), len(head))
    kept = [line for line in head[:body_start] if LINE.match(line)]
    # Lines that no header follows are the body of a mail without the empty line.
    early_body = b"\n".join(head[body_start:])
    return b"\n".join(kept), early_body + (b"\n\n" if early_body and body else b"") + body


def split_addresses(value: str) -> list[str]:
    """At the commas outside quotes, comments and angle brackets. A group stays one piece."""
    pieces, start, quoted, depth = [], 0, False, 0
    for at, char in enumerate(value):
        if char == '"' and value[at - 1 : at] != "\\":
            quoted = not quoted
        elif not quoted and char in "(<":
            depth += 1
        elif not quoted and char in ")>":
            depth = max(depth - 1, 0)
        elif char == "," and not quoted and not depth:
            pieces.append(value[start:at].strip())
            start = at + 1
    return [piece for piece in [*pieces, value[start:].strip()] if piece]


def decode_words(value: str, mended: set[Mended]) -> str:
    """RFC 2047, lenient: bytes of neighbours in one charset are joined first, as a character may be split."""
    texts: list[str] = []
    run, run_charset, end = b"", "", 0
    value = BETWEEN_WORDS.sub("", value)
    for word in WORD.finditer(value):
        content = _word_bytes(word[2], word[3])
        if content is None:
            mended.add(Mended.HEADER)  # it stays as it is
            continue
        charset = word[1].lower()
        if word.start() > end or charset != run_charset:
            texts += [decode(run, run_charset, mended), value[end : word.start()]]
            run = b""
        run, run_charset, end = run + content, charset, word.end()
    return "".join([*texts, decode(run, run_charset, mended), value[end:]])


def _word_bytes(encoding: str, text: str) -> bytes | None:
    try:
        content = text.encode("ascii")
        if encoding in "qQ":
            return quopri.decodestring(content, header=True)
        return base64.b64decode(content + b"=" * (-len(content) % 4)) or None
    except ValueError:
        return None
