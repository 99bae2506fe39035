from reporting.models.event import Event

__all__ = ["Event"]
