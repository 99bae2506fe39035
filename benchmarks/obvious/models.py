from django.contrib.auth.models import Group, User
from django.db import models
from django.db.models import F, Q


class Agent(models.Model):
    user = models.OneToOneField(User, on_delete=models.CASCADE)
    capacity = models.PositiveIntegerField()

    class Meta:
        app_label = "obvious"


class Queue(models.Model):
    name = models.CharField(max_length=200, unique=True)
    groups = models.ManyToManyField(Group)
    handling_timeout = models.PositiveIntegerField()

    class Meta:
        app_label = "obvious"


class Item(models.Model):
    class State(models.TextChoices):
        QUEUED = "queued"
        HANDLING = "handling"
        STOPPED = "stopped"

    queue = models.ForeignKey(Queue, on_delete=models.PROTECT)
    state = models.CharField(max_length=10, choices=State)
    priority = models.IntegerField(default=0)
    user_data = models.JSONField(default=dict)
    received_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "obvious"
        indexes = [
            models.Index("queue", F("priority").desc(), "id", condition=Q(state="queued"), name="line")
        ]


class Hold(models.Model):
    item = models.ForeignKey(Item, on_delete=models.CASCADE)
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, db_index=False, related_name="holds")
    joined_at = models.DateTimeField()
    last_reset_at = models.DateTimeField()
    deadline_at = models.DateTimeField()
    handling_timeout = models.PositiveIntegerField()
    task_id = models.CharField(max_length=36)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "obvious"
        indexes = [models.Index("agent", condition=Q(ended_at=None), name="held")]


class EventRow(models.Model):
    event = models.CharField(max_length=40)
    at = models.DateTimeField(auto_now_add=True)
    item = models.ForeignKey(Item, on_delete=models.CASCADE)
    queue = models.CharField(max_length=200)
    agent = models.CharField(max_length=150)
    hold = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=20, null=True)

    class Meta:
        app_label = "obvious"
