from reporting.models.audit import AuditRun, Checkpoint, Standing
from reporting.models.event import Event
from reporting.models.purge import Purge

__all__ = ["AuditRun", "Checkpoint", "Event", "Purge", "Standing"]
