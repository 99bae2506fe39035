"""The faults, by whom they hurt. Each is a function; its docstring says what it does."""

from tests.faults.acts import broker, clocks, database, disk, replies, tasks, web, workers
from tests.faults.scene import FAULTS

__all__ = ["FAULTS", "broker", "clocks", "database", "disk", "replies", "tasks", "web", "workers"]
