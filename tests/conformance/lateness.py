"""How late holds expired: by the log, and as their holders were told."""

import threading
from dataclasses import dataclass, field

from .instants import seconds_of
from .server import Json


@dataclass
class Lateness:
    """Seconds from a deadline to its revocation, of each expiry that a scenario waited for."""

    limit: float  # api.md and concepts.md: within a second
    by_log: list[float] = field(default_factory=list)
    as_told: list[float] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def check(self, deadline_at: str, removed: Json) -> None:
        """Never early, and not too late, by the server's own clock."""
        late = seconds_of(removed["at"]) - seconds_of(deadline_at)
        with self._lock:
            self.by_log.append(late)
        assert late >= 0, f"party {removed['party']} was ended {-late:.3f} s before its deadline"
        assert late <= self.limit, f"party {removed['party']} expired {late:.3f} s late"

    def told(self, seconds: float) -> None:
        with self._lock:
            self.as_told.append(seconds)


def quantile(values: list[float], share: float) -> float:
    """The smallest value that so great a share of them does not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -int(-share * len(ordered) // 1) - 1)]


def figures(values: list[float]) -> dict[str, float]:
    """In milliseconds."""
    if not values:
        return {}
    picked = {"min": 0.0, "p50": 0.5, "p99": 0.99, "max": 1.0}
    return {name: round(quantile(values, share) * 1000, 1) for name, share in picked.items()}
