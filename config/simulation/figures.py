"""The table at the end."""

from collections.abc import Iterable
from math import ceil

from .ledger import Ledger
from .replay import Replay


def percentile(values: Iterable[float], share: float) -> float | None:
    """The smallest value that at least `share` of all do not exceed (nearest rank)."""
    ranked = sorted(values)
    return ranked[max(ceil(share * len(ranked)), 1) - 1] if ranked else None


def rows(ledger: Ledger, replay: Replay) -> list[tuple[str, str]]:
    late = [
        (name, percentile(replay.lateness, share))
        for name, share in (("p50", 0.5), ("p99", 0.99), ("max", 1))
    ]
    refused = [(f"  {what}", str(count)) for what, count in sorted(ledger.refused.items())]
    return [
        *((name, str(ledger.counts[name])) for name in ("submitted", "pulled", "completed", "went quiet")),
        ("revoked", str(replay.counts["EventRevoked"])),
        *((f"  lateness {name}", "-" if value is None else f"{value:.3f} s") for name, value in late),
        ("refused", str(ledger.refused.total())),
        *refused,
        *((name, str(ledger.counts[name])) for name in ("no answer", "server error") if ledger.counts[name]),
        ("events", str(replay.counts.total())),
    ]
