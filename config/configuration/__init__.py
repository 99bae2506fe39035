"""The contact centre as a file: media types, groups, places, agents, queues, workbin types, services."""

from config.configuration.applying import apply
from config.configuration.exporting import export
from config.configuration.shape import Fault, Faults

__all__ = ["Fault", "Faults", "apply", "export"]
