"""The shapes of reporting answers, for OpenAPI."""

from typing import Any

from rest_framework import serializers

from interactions.api.schema import ActorShape, Shape, WordField
from reporting.life import Kind


class EventShape(Shape):
    id = serializers.IntegerField()
    event = serializers.CharField()
    at = serializers.DateTimeField(help_text="The database's time of the command.")
    interaction = serializers.IntegerField(allow_null=True)
    external_id = serializers.CharField(allow_null=True)
    media_type = serializers.CharField(allow_null=True)
    queue = serializers.CharField(allow_null=True)
    workbin = serializers.IntegerField(allow_null=True)
    agent = serializers.CharField(allow_null=True)
    session = serializers.IntegerField(allow_null=True)
    place = serializers.CharField(allow_null=True)
    party = serializers.IntegerField(allow_null=True)
    operation = serializers.CharField(allow_null=True)
    reason = serializers.CharField(allow_null=True)
    actor = ActorShape()
    attributes = serializers.DictField()


class EventsShape(Shape):
    cursor = serializers.CharField(help_text="Send it as `after` next time.")
    events = EventShape(many=True)


class TurnShape(Shape):
    event = serializers.CharField()
    reason = serializers.CharField(allow_null=True)
    actor = ActorShape()


class SpanShape(Shape):
    kind = serializers.ChoiceField(choices=[kind.value for kind in Kind])
    queue = serializers.CharField(allow_null=True)
    workbin = serializers.IntegerField(allow_null=True)
    agent = serializers.CharField(allow_null=True, help_text="In whose hands.")
    party = serializers.IntegerField(allow_null=True)
    begin = serializers.DateTimeField()
    end = serializers.DateTimeField(allow_null=True, help_text="null while it lasts.")
    seconds = serializers.FloatField(help_text="Up to the present, while it lasts.")
    began = TurnShape()
    ended = TurnShape(allow_null=True)
    late_seconds = serializers.FloatField(
        allow_null=True, help_text="How long after its deadline the hold was revoked."
    )
    comment = serializers.CharField(allow_null=True, help_text="Of who revoked it by hand.")


class SpentShape(Shape):
    waiting = serializers.FloatField(help_text="Seconds in public queues.")
    in_hands = serializers.FloatField()
    in_workbins = serializers.FloatField(help_text="Seconds of waiting in workbins.")


class HistoryShape(Shape):
    interaction = serializers.IntegerField()
    spent = SpentShape()
    spans = SpanShape(many=True)
    events = EventShape(many=True)


class DurationsShape(Shape):
    count = serializers.IntegerField()
    sum = serializers.FloatField()
    max = serializers.FloatField()
    p50 = serializers.FloatField(allow_null=True)
    p90 = serializers.FloatField(allow_null=True)


class ReturnedShape(Shape):
    """Holds that ended so, by reason; the interaction waits again."""

    Expired = serializers.IntegerField()
    Revoked = serializers.IntegerField(help_text="By hand.")
    LoggedOut = serializers.IntegerField()
    SessionExpired = serializers.IntegerField()


class IntervalShape(Shape):
    starts_at = serializers.DateTimeField()
    pulled = serializers.IntegerField()
    returned = ReturnedShape()
    revoked = serializers.IntegerField(help_text="Expired, or by hand.")
    placed = serializers.IntegerField(help_text="Holds that ended by placing.")
    stopped = serializers.IntegerField()
    held_at_end = serializers.IntegerField()
    held_seconds = serializers.FloatField(help_text="The sum over all holds, also of those that go on.")
    waiting_seconds = DurationsShape(help_text="Until it was pulled.")
    handling_seconds = DurationsShape(help_text="Of holds that ended.")
    late_seconds = DurationsShape(help_text="From deadlines to their revocations.")


class LineIntervalShape(IntervalShape):
    entered = serializers.IntegerField()
    waiting_at_end = serializers.IntegerField()


class QueueIntervalShape(LineIntervalShape):
    queue = serializers.CharField()


class WorkbinIntervalShape(LineIntervalShape):
    workbin = serializers.IntegerField()


class AgentIntervalShape(IntervalShape):
    agent = serializers.CharField()
    is_logged_in_at_end = serializers.BooleanField()
    logged_in_seconds = serializers.FloatField()


class ServerIntervalShape(LineIntervalShape):
    agents_logged_in_at_end = serializers.IntegerField()
    logged_in_seconds = serializers.FloatField(help_text="The sum over all agents.")


class IntervalsShape(Shape):
    to = serializers.DateTimeField()
    interval = serializers.IntegerField(help_text="Seconds.")
    counted_until = serializers.DateTimeField(
        allow_null=True, help_text="What happened later is not in the rows yet."
    )

    def get_fields(self) -> dict[str, Any]:
        return {"from": serializers.DateTimeField(), **super().get_fields()}


class QueueIntervalsShape(IntervalsShape):
    rows = QueueIntervalShape(many=True)


class WorkbinIntervalsShape(IntervalsShape):
    rows = WorkbinIntervalShape(many=True)


class AgentIntervalsShape(IntervalsShape):
    rows = AgentIntervalShape(many=True)


class ServerIntervalsShape(IntervalsShape):
    rows = ServerIntervalShape(many=True)


class LineNowShape(Shape):
    waiting = serializers.IntegerField()
    held = serializers.IntegerField()
    oldest_waiting_at = serializers.DateTimeField(allow_null=True)
    oldest_waiting_seconds = serializers.FloatField(allow_null=True)


class QueueNowShape(LineNowShape):
    queue = serializers.CharField()
    is_paused = serializers.BooleanField()


class WorkbinNowShape(LineNowShape):
    workbin = serializers.IntegerField()
    type = serializers.CharField()
    owner = serializers.CharField()


class AgentNowShape(Shape):
    agent = serializers.CharField()
    state = WordField(["handling", "ready", "away"])
    sessions = serializers.IntegerField()
    holds = serializers.IntegerField()
    capacity = serializers.IntegerField(allow_null=True)
    deadline_at = serializers.DateTimeField(allow_null=True, help_text="The first of all holds.")
    seconds_left = serializers.FloatField(allow_null=True)


class ServerNowShape(Shape):
    waiting = serializers.IntegerField()
    held = serializers.IntegerField()
    agents_logged_in = serializers.IntegerField()
    sessions = serializers.IntegerField()
    revocation_lag_seconds = serializers.FloatField()
    events_not_counted = serializers.IntegerField(help_text="Of intervals; the present has them all.")


class NowShape(Shape):
    at = serializers.DateTimeField()
    queues = QueueNowShape(many=True)
    workbins = WorkbinNowShape(many=True)
    agents = AgentNowShape(many=True)
    server = ServerNowShape()
