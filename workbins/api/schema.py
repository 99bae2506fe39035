"""The shapes of answers about workbins and of an agent's events, for OpenAPI."""

from rest_framework import serializers

from interactions.api.schema import ActorShape, InteractionShape, Shape, WordField
from workbins.models import OwnerKind


class WorkbinTypeShape(Shape):
    name = serializers.CharField()
    display_name = serializers.CharField(allow_blank=True)
    owner_kind = serializers.ChoiceField(OwnerKind.choices)


class WorkbinTypesShape(Shape):
    event = WordField(["EventWorkbinTypesInfo"])
    workbin_types = WorkbinTypeShape(many=True)


class WorkbinShape(Shape):
    id = serializers.IntegerField()
    type = serializers.CharField()
    owner_kind = serializers.ChoiceField(OwnerKind.choices)
    owner = serializers.CharField()
    waiting = serializers.IntegerField()
    held = serializers.IntegerField()


class WorkbinsShape(Shape):
    workbins = WorkbinShape(many=True)


class ContentShape(Shape):
    event = WordField(["EventWorkbinContent"])
    workbin = serializers.IntegerField()
    interactions = InteractionShape(many=True)
    next = serializers.CharField(allow_null=True, help_text="The next page's `cursor`.")
    previous = serializers.CharField(allow_null=True)


class NearDeadlineShape(Shape):
    id = serializers.IntegerField()
    party = serializers.IntegerField()
    deadline_at = serializers.DateTimeField()


def _names_of(whose: str) -> serializers.ListField:
    return serializers.ListField(child=serializers.CharField(), required=False, help_text=whose)


class MessageShape(Shape):
    """One event; which of its further members it has depends on `event`."""

    id = serializers.IntegerField()
    event = serializers.ChoiceField(
        ["EventRevoked", "EventWorkbinContentChanged", "EventPropertiesChanged", "EventDeadlineSoon"]
    )
    at = serializers.DateTimeField()
    interaction = serializers.IntegerField(required=False)
    party = serializers.IntegerField(required=False)
    queue = serializers.CharField(required=False, allow_null=True)
    workbin = serializers.IntegerField(required=False, allow_null=True)
    parked_in = serializers.CharField(
        required=False, help_text="Of EventRevoked: the queue where it waits now, for it came back too often."
    )
    reason = serializers.ChoiceField(["Expired", "Revoked", "Placed", "Stopped"], required=False)
    operation = serializers.ChoiceField(["Added", "Removed", "Returned", "PropertiesChanged"], required=False)
    added = _names_of("Of EventPropertiesChanged.")
    changed = _names_of("Of EventPropertiesChanged.")
    deleted = _names_of("Of EventPropertiesChanged.")
    actor = ActorShape(required=False, help_text="Of EventPropertiesChanged.")
    interactions = NearDeadlineShape(many=True, required=False, help_text="Of EventDeadlineSoon.")


class MessagesShape(Shape):
    cursor = serializers.CharField(help_text="Send it as `after` next time.")
    events = MessageShape(many=True)
