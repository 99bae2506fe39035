"""Which mail answers which: an index on disk, so that memory does not grow with the mailbox."""

import json
import sqlite3
from collections.abc import Iterator


class Threads:
    def __init__(self) -> None:
        self.db = sqlite3.connect("")  # a temporary file that goes with the connection
        self.db.execute(
            "CREATE TABLE mail"
            " (position INTEGER PRIMARY KEY, key TEXT, id TEXT, parents TEXT, is_out INTEGER)"
        )
        self.db.execute("CREATE INDEX mail_id ON mail (id)")  # for _parent

    def add(self, key: str, own_id: str | None, parents: list[str]) -> None:
        row = (key, own_id, json.dumps(parents))
        self.db.execute("INSERT INTO mail (key, id, parents, is_out) VALUES (?, ?, ?, 0)", row)

    def __len__(self) -> int:
        return int(self.db.execute("SELECT count(*) FROM mail").fetchone()[0])

    def in_order(self) -> Iterator[str]:
        """The keys as they were added, but each after that of the mail it answers."""
        for first in range(1, len(self) + 1):
            chain: dict[int, str] = {}
            position: int | None = first
            while position is not None and position not in chain:  # two mails may claim to answer each other
                key, parents, is_out = self.db.execute(
                    "SELECT key, parents, is_out FROM mail WHERE position = ?", (position,)
                ).fetchone()
                if is_out:
                    break
                chain[position] = key
                position = self._parent(json.loads(parents))
            for each in reversed(chain):
                self.db.execute("UPDATE mail SET is_out = 1 WHERE position = ?", (each,))
                yield chain[each]

    def _parent(self, parents: list[str]) -> int | None:
        for parent in parents:
            found = self.db.execute("SELECT min(position) FROM mail WHERE id = ?", (parent,)).fetchone()[0]
            if found is not None:
                return int(found)
        return None
