"""The faults, by whom they hurt. Each is a function; its docstring says what it does."""

from tests.faults.acts import broker, clocks, database, disk, replies, tasks, web, workers
from tests.faults.scene import FAULTS, Fault

# In the short form two clusters are at work at once, and share it.
MOVED = (database.__name__, replies.__name__)

__all__ = ["FAULTS", "broker", "clocks", "database", "disk", "replies", "stage_of", "tasks", "web", "workers"]


def stage_of(fault: Fault, is_short: bool) -> str:
    """The kind of cluster on which it is played."""
    return "special" if is_short and fault.act.__module__ in MOVED else fault.cluster
