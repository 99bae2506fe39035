"""The shapes of reporting answers, for OpenAPI."""

from rest_framework import serializers

from interactions.api.schema import ActorShape, Shape
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
