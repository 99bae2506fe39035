"""Mailboxes: an mbox file or a maildir. Both are scanned for heads first, then read mail by mail.

The standard mailbox module keeps an entry for each mail of an mbox in memory and begins a new mail at any
line that starts with `From `, also in a text that was not escaped.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple, Protocol

MAX_MAIL = 32 * 1024 * 1024  # bytes; of a larger one, its beginning is read
MAX_HEAD = 256 * 1024
MAX_LINE = 64 * 1024  # a longer one is scanned in pieces

DATED = re.compile(rb"From .*\b\d{1,2}:\d\d\b.*\b\d{4}\b")
STRICTLY_DATED = re.compile(rb"From \S+ +[A-Z][a-z]{2} [A-Z][a-z]{2} +\d{1,2} \d\d:\d\d(:\d\d)? .*\d{4}\s*$")
ESCAPED = re.compile(rb"^>(>*From )", re.MULTILINE)


class NotAMailbox(ValueError):
    """Neither an mbox file nor a maildir."""


class Found(NamedTuple):
    key: str
    head: bytes
    size: int


class RawMail(NamedTuple):
    content: bytes
    envelope: str  # the rest of an mbox's `From ` line
    is_cut: bool


class Box(Protocol):
    size: int  # bytes, for a progress bar

    def scan(self) -> Iterator[Found]: ...

    def read(self, key: str) -> RawMail: ...


def open_box(path: Path) -> Box:
    """Raises NotAMailbox, or OSError."""
    if not path.is_dir():
        return Mbox(path)
    if (path / "cur").is_dir() and (path / "new").is_dir():
        return Maildir(path)
    raise NotAMailbox(f"{path} is a directory without the cur and new of a maildir")


class Mbox:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.file: BinaryIO = path.open("rb")
        self.size = path.stat().st_size
        beginning = self.file.read(MAX_LINE).lstrip(b"\r\n")
        if beginning and not beginning.startswith(b"From "):
            raise NotAMailbox(f"{path} is not an mbox: it does not begin with a line 'From '")

    def scan(self) -> Iterator[Found]:
        """Keys are the offsets of beginning and end."""
        start, position, head = -1, 0, bytearray()
        is_head, is_line_start, after_blank = False, True, True
        with self.path.open("rb") as file:  # its own position: mails may be read meanwhile
            while line := file.readline(MAX_LINE):
                is_blank = not line.strip(b"\r\n")
                if is_line_start and _begins_mail(line, after_blank, is_first=start < 0):
                    if start >= 0:
                        yield Found(f"{start} {position}", bytes(head), position - start)
                    start, head, is_head = position, bytearray(), True
                elif is_head:
                    is_head = not is_blank and len(head) < MAX_HEAD
                    head += line
                position += len(line)
                after_blank = is_blank and is_line_start
                is_line_start = line.endswith(b"\n")
        if start >= 0:
            yield Found(f"{start} {position}", bytes(head), position - start)

    def read(self, key: str) -> RawMail:
        start, end = (int(each) for each in key.split())
        self.file.seek(start)
        envelope = self.file.readline(MAX_LINE)
        left = end - start - len(envelope)
        content = ESCAPED.sub(rb"\1", self.file.read(min(left, MAX_MAIL)))
        return RawMail(content, envelope[5:].decode("ascii", "replace").strip(), left > MAX_MAIL)


def _begins_mail(line: bytes, after_blank: bool, is_first: bool) -> bool:
    if not line.startswith(b"From "):
        return False
    return is_first or bool(STRICTLY_DATED.match(line) or (after_blank and DATED.match(line)))


class Maildir:
    """Its file names, unlike the mails, are all held at once: sorted, they are the order of arrival."""

    def __init__(self, path: Path) -> None:
        self.path = path
        files = [file for folder in ("cur", "new") for file in (path / folder).iterdir()]
        files = [file for file in files if not file.name.startswith(".") and file.is_file()]
        self.keys = [f"{file.parent.name}/{file.name}" for file in sorted(files, key=lambda file: file.name)]
        self.size = sum(file.stat().st_size for file in files)

    def scan(self) -> Iterator[Found]:
        for key in self.keys:
            try:
                with self._file(key).open("rb") as file:
                    yield Found(key, file.read(MAX_HEAD), self._file(key).stat().st_size)
            except OSError:  # it is `read` that says so
                yield Found(key, b"", 0)

    def read(self, key: str) -> RawMail:
        with self._file(key).open("rb") as file:
            content = file.read(MAX_MAIL + 1)
        return RawMail(content[:MAX_MAIL], "", len(content) > MAX_MAIL)

    def _file(self, key: str) -> Path:
        file = self.path / key
        if not file.exists():  # a mail program moved it or changed its flags since
            name = file.name.partition(":")[0]
            moved = (each for folder in ("cur", "new") for each in (self.path / folder).glob(f"{name}*"))
            file = next(moved, file)
        return file
