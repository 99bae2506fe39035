from reporting.models.alarm import Alarm, AlarmRule, Breach, ServiceLevel
from reporting.models.event import Event
from reporting.models.interval import Figures, Interval, Kind, Projection, Total
from reporting.models.webhook import Delivery, Webhook

__all__ = [
    "Alarm",
    "AlarmRule",
    "Breach",
    "Delivery",
    "Event",
    "Figures",
    "Interval",
    "Kind",
    "Projection",
    "ServiceLevel",
    "Total",
    "Webhook",
]
