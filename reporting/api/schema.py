"""The shapes of reporting answers, for OpenAPI."""

from rest_framework import serializers

from interactions.api.schema import ActorShape, Shape


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


class HistoryShape(Shape):
    interaction = serializers.IntegerField()
    events = EventShape(many=True)
