"""The shapes of answers, for OpenAPI. Nothing is serialized by them: rendering.py does that."""

from typing import Any

from rest_framework import serializers

from interactions import errors
from interactions.models.interaction import State
from interactions.models.party import Operation, PartyEnd

OF_HTTP = ["method_not_allowed", "not_acceptable", "too_slow", "unsupported_media_type", "internal_error"]
CODES = sorted({refusal.code for refusal in errors.Refusal.__subclasses__()} | set(OF_HTTP))
NO_LOGIN = ["missing", "unknown", "expired", "ended"]
NOT_HELD = [*(end.name.lower() for end in PartyEnd), "held_by_other", "never_held"]
REASONS = sorted({*NO_LOGIN, *NOT_HELD})
UNAVAILABLE = ["held", "held_by_you", "elsewhere", "stopped"]


class WordField(serializers.CharField):
    """One of a few words, or the only one. (A ChoiceField's name would become a component's.)"""

    def __init__(self, words: list[str], **kwargs: Any) -> None:
        self.words = words
        super().__init__(**kwargs)


class Shape(serializers.Serializer[Any]):
    pass


class UnavailableShape(Shape):
    id = serializers.IntegerField()
    why = WordField(UNAVAILABLE)


class ProblemShape(Shape):
    type = serializers.CharField(help_text="urn:workbin:problem: and the code.")
    title = serializers.CharField()
    status = serializers.IntegerField(min_value=400, max_value=599)
    detail = serializers.CharField(help_text="For people.")
    event = WordField(["EventError"])
    code = WordField(CODES, help_text="What a program decides by.")
    reason = WordField(REASONS, required=False, help_text="Of `not_authenticated` and `not_held`.")
    retry_after = serializers.IntegerField(required=False, help_text="Seconds, of 429 and 503.")
    errors = serializers.DictField(  # type: ignore[assignment]  # a field of that name, not the errors of DRF
        child=serializers.ListField(child=serializers.CharField()), required=False
    )
    interactions = UnavailableShape(many=True, required=False, help_text="Of `not_available`.")


class ActorShape(Shape):
    kind = serializers.ChoiceField(["agent", "service", "admin", "timer"])
    name = serializers.CharField()


class PartyShape(Shape):
    id = serializers.IntegerField(help_text="Send it with what only the holder may do.")
    interaction = serializers.IntegerField()
    agent = serializers.CharField()
    operation = serializers.ChoiceField(Operation.choices)
    queue = serializers.CharField(allow_null=True)
    workbin = serializers.IntegerField(allow_null=True)
    joined_at = serializers.DateTimeField()
    handling_timeout = serializers.IntegerField(help_text="Seconds.")
    deadline_at = serializers.DateTimeField(help_text="Any request before it moves it.")
    expires_at = serializers.DateTimeField(
        allow_null=True, help_text="No request moves the deadline beyond it."
    )


class InteractionShape(Shape):
    id = serializers.IntegerField()
    external_id = serializers.CharField(allow_null=True)
    media_type = serializers.CharField()
    interaction_type = serializers.CharField(allow_blank=True)
    interaction_subtype = serializers.CharField(allow_blank=True)
    parent = serializers.IntegerField(allow_null=True)  # type: ignore[assignment]  # the field of that name
    queue = serializers.CharField(allow_null=True, help_text="A queue's name; null when `workbin` is set.")
    workbin = serializers.IntegerField(allow_null=True)
    state = serializers.ChoiceField(State.choices)
    priority = serializers.IntegerField()
    user_data = serializers.DictField()
    handling_timeout = serializers.IntegerField(allow_null=True)
    received_at = serializers.DateTimeField()
    submitted_at = serializers.DateTimeField()
    moved_to_queue_at = serializers.DateTimeField(allow_null=True)
    placed_in_queue_at = serializers.DateTimeField(allow_null=True)
    completed_at = serializers.DateTimeField(allow_null=True)
    stop_reason = serializers.CharField(allow_null=True)
    revocation_count = serializers.IntegerField()
    party = PartyShape(allow_null=True)


class AckShape(Shape):
    event = WordField(["EventAck"])


class InteractionAckShape(AckShape):
    interaction = InteractionShape()


class FoundShape(Shape):
    next = serializers.CharField(allow_null=True, help_text="The next page's `cursor`.")
    previous = serializers.CharField(allow_null=True)
    results = InteractionShape(many=True)


class PulledShape(Shape):
    event = WordField(["EventPulledInteractions"])
    server_time = serializers.DateTimeField()
    interactions = InteractionShape(many=True)


class PartiesShape(Shape):
    server_time = serializers.DateTimeField()
    parties = PartyShape(many=True)


class KeptAliveShape(PartiesShape):
    event = WordField(["EventAck"])


class QueueShape(Shape):
    name = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    is_paused = serializers.BooleanField()
    waiting = serializers.IntegerField()
    held = serializers.IntegerField()
    oldest_waiting_at = serializers.DateTimeField(allow_null=True)


class QueuesShape(Shape):
    queues = QueueShape(many=True)


class SessionShape(Shape):
    id = serializers.IntegerField()
    application = serializers.CharField(allow_blank=True)
    place = serializers.CharField(allow_null=True)
    started_at = serializers.DateTimeField()


class AgentShape(Shape):
    username = serializers.CharField()
    employee_id = serializers.CharField(allow_null=True)
    groups = serializers.ListField(child=serializers.CharField())
    is_supervisor = serializers.BooleanField()
    capacity = serializers.IntegerField(allow_null=True)


class CurrentSessionShape(AckShape):
    expires_at = serializers.DateTimeField(help_text="If no request comes before, and nothing is held then.")
    session = SessionShape()
    agent = AgentShape()


class NewSessionShape(CurrentSessionShape):
    token = serializers.CharField(help_text="Shown this once.")
