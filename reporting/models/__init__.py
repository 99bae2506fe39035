from reporting.models.alarm import Alarm, AlarmRule, Breach, ServiceLevel
from reporting.models.audit import AuditRun, Checkpoint, Standing
from reporting.models.event import Event
from reporting.models.interval import Figures, Interval, Kind, Projection, Total
from reporting.models.purge import Purge
from reporting.models.webhook import Delivery, Webhook

__all__ = [
    "Alarm",
    "AlarmRule",
    "AuditRun",
    "Breach",
    "Checkpoint",
    "Delivery",
    "Event",
    "Figures",
    "Interval",
    "Kind",
    "Projection",
    "Purge",
    "ServiceLevel",
    "Standing",
    "Total",
    "Webhook",
]
