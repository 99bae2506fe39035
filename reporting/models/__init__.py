from reporting.models.event import Event
from reporting.models.interval import Figures, Interval, Kind, Projection, Total

__all__ = ["Event", "Figures", "Interval", "Kind", "Projection", "Total"]
