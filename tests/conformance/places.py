"""Where interactions wait: queues and workbins of the floor, and how a scenario puts something there."""

from dataclasses import dataclass, field
from typing import Any

from .cast import Agent, Caller
from .floor import MAIL


@dataclass
class Place:
    """`submitter` is the admin, whose submissions come into the admin's own hands and are then placed, or a
    media server, whose submissions wait at once."""

    submitter: Caller
    put_there: set[int] = field(repr=False)

    def where(self) -> dict[str, Any]:
        raise NotImplementedError

    def put(self, count: int = 1, **given: Any) -> list[int]:
        """New interactions at the end of the line."""
        return [self.add(**given) for _ in range(count)]

    def add(self, **given: Any) -> int:
        answer = self.submitter.submit(**{"media_type": MAIL} | given, **self.where()).ok(201)
        interaction: int = answer["interaction"]["id"]
        self.put_there.add(interaction)
        if isinstance(self.submitter, Agent):
            self.submitter.place(interaction, **self.where()).ok()
        return interaction


@dataclass
class Line(Place):
    name: str

    def where(self) -> dict[str, Any]:
        return {"queue": self.name}

    def __str__(self) -> str:
        return self.name


@dataclass
class Bin(Place):
    id: int

    def where(self) -> dict[str, Any]:
        return {"workbin": self.id}

    def __str__(self) -> str:
        return str(self.id)

    def content(self, reader: Caller) -> list[int]:
        """The ids of what waits there, in order."""
        answer = reader.get(f"workbins/{self.id}/content").ok()
        assert (answer["event"], answer["workbin"]) == ("EventWorkbinContent", self.id)
        return [one["id"] for one in answer["interactions"]]
