from datetime import timedelta

from celery import uuid
from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework.authentication import TokenAuthentication
from rest_framework.exceptions import APIException, PermissionDenied
from rest_framework.response import Response
from rest_framework.views import APIView

from benchmarks.obvious.models import Agent, EventRow, Hold, Item, Queue
from benchmarks.obvious.serializers import HoldSerializer, ItemSerializer, PullSerializer, StopSerializer
from benchmarks.obvious.tasks import app, restart, start


class BearerAuthentication(TokenAuthentication):
    keyword = "Bearer"


class Conflict(APIException):
    status_code = 409


class AgentView(APIView):
    """Any request of an agent restarts the countdowns of all that the agent holds."""

    authentication_classes = [BearerAuthentication]

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        self.agent = Agent.objects.select_related("user").get(user=request.user)
        now = timezone.now()
        with transaction.atomic():
            self.holds = list(
                self.agent.holds.select_for_update().filter(ended_at=None, deadline_at__gt=now).order_by("pk")
            )
            for hold in self.holds:
                restart(hold, now)


class PullView(AgentView):
    def post(self, request, name):
        given = PullSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        queue = get_object_or_404(Queue, name=name)
        if not queue.groups.filter(user=request.user).exists():
            raise PermissionDenied
        with transaction.atomic():
            agent = Agent.objects.select_for_update().get(pk=self.agent.pk)
            now = timezone.now()
            room = agent.capacity - agent.holds.filter(ended_at=None, deadline_at__gt=now).count()
            if room < 1:
                raise Conflict("capacity_reached")
            items = list(
                Item.objects.select_for_update(skip_locked=True)
                .filter(queue=queue, state=Item.State.QUEUED)
                .order_by("-priority", "id")[: min(given.validated_data["count"], room)]
            )
            holds = {item.pk: self.take(item, queue, now) for item in items}
        for hold in holds.values():
            start(hold)
        for item in items:
            item.queue = queue
        return Response({"interactions": ItemSerializer(items, many=True, context={"holds": holds}).data})

    def take(self, item, queue, now):
        item.state = Item.State.HANDLING
        item.save()
        hold = Hold(
            item=item,
            agent=self.agent,
            joined_at=now,
            last_reset_at=now,
            deadline_at=now + timedelta(seconds=queue.handling_timeout),
            handling_timeout=queue.handling_timeout,
            task_id=uuid(),
        )
        hold.save()
        for event in ("EventTakenFromQueue", "EventPartyAdded"):
            announce(event, item, queue, self.agent, hold)
        return hold


class KeepAliveView(AgentView):
    def post(self, request):
        for hold in self.holds:
            hold.agent = self.agent
        return Response({"parties": HoldSerializer(self.holds, many=True).data})


class StopView(AgentView):
    def post(self, request, item_id):
        given = StopSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        with transaction.atomic():
            item = get_object_or_404(Item.objects.select_for_update(), pk=item_id)
            hold = get_object_or_404(Hold.objects.select_for_update(), pk=given.validated_data["party"])
            now = timezone.now()
            if (
                hold.ended_at
                or hold.deadline_at <= now
                or (hold.item_id, hold.agent_id) != (item.pk, self.agent.pk)
            ):
                raise Conflict("not_held")
            hold.ended_at = now
            hold.save()
            item.state, item.completed_at = Item.State.STOPPED, now
            item.save()
            for event in ("EventPartyRemoved", "EventProcessingStopped"):
                announce(event, item, item.queue, self.agent, hold)
        app.control.revoke(hold.task_id)
        return Response({"interaction": ItemSerializer(item).data})


def announce(event, item, queue, agent, hold):
    EventRow(event=event, item=item, queue=queue.name, agent=agent.user.username, hold=hold.pk).save()
