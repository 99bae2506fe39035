from rest_framework import serializers

from benchmarks.obvious.models import Hold, Item


class PullSerializer(serializers.Serializer):
    count = serializers.IntegerField(min_value=1, max_value=100, default=1)


class StopSerializer(serializers.Serializer):
    party = serializers.IntegerField()


class HoldSerializer(serializers.ModelSerializer):
    agent = serializers.CharField(source="agent.user.username")

    class Meta:
        model = Hold
        fields = ["id", "item", "agent", "joined_at", "handling_timeout", "deadline_at"]


class ItemSerializer(serializers.ModelSerializer):
    queue = serializers.CharField(source="queue.name")
    party = serializers.SerializerMethodField()

    class Meta:
        model = Item
        fields = ["id", "queue", "state", "priority", "user_data", "received_at", "completed_at", "party"]

    def get_party(self, item):
        hold = self.context.get("holds", {}).get(item.pk)
        return HoldSerializer(hold).data if hold else None
