from reporting.models.alarm import Alarm, AlarmRule, Breach, ServiceLevel
from reporting.models.event import Event
from reporting.models.webhook import Delivery, Webhook

__all__ = ["Alarm", "AlarmRule", "Breach", "Delivery", "Event", "ServiceLevel", "Webhook"]
