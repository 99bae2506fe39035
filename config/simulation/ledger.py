"""What the clients were told: claims that the reporting log must bear out."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from workbin_client import Unreachable


@dataclass(slots=True)
class Claims:
    """Of one interaction. Parties by id."""

    pulled: set[int] = field(default_factory=set)
    lapsed: dict[int, str] = field(
        default_factory=dict
    )  # their agent went quiet, and was refused so afterwards
    accepted_late: set[int] = field(default_factory=set)  # ... or was not
    was_completed: bool = False


class Ledger:
    def __init__(self) -> None:
        self.claims: dict[int, Claims] = {}
        self.in_hand = Counter[int]()  # interactions of which an agent may still claim something
        self.counts = Counter[str]()
        self.refused = Counter[str]()

    def unanswered(self, error: Unreachable) -> None:
        self.counts["server error" if error.status else "no answer"] += 1

    def submitted(self, interaction: int) -> None:
        if interaction not in self.claims:
            self.claims[interaction] = Claims()
            self.counts["submitted"] += 1

    def pulled(self, interaction: int, party: int) -> None:
        self.counts["pulled"] += 1
        self._claims(interaction).pulled.add(party)

    def completed(self, interaction: int) -> None:
        self.counts["completed"] += 1
        self._claims(interaction).was_completed = True

    def lapsed(self, interaction: int, party: int, code: str) -> None:
        self.counts["went quiet"] += 1
        self.refused[f"late stop: {code}"] += 1
        self._claims(interaction).lapsed[party] = code

    def accepted_late(self, interaction: int, party: int) -> None:
        self._claims(interaction).accepted_late.add(party)

    @contextmanager
    def holding(self, interaction: int) -> Iterator[None]:
        self.in_hand[interaction] += 1
        try:
            yield
        finally:
            self.in_hand[interaction] -= 1
            if not self.in_hand[interaction]:
                del self.in_hand[interaction]

    def forget(self, interaction: int) -> None:
        self.claims.pop(interaction, None)

    def _claims(self, interaction: int) -> Claims:
        return self.claims.setdefault(interaction, Claims())
