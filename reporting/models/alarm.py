"""What is watched, for how long it may be so, and what came of it."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from interactions.models import Queue

# The bounds of the histograms in which waiting times are counted: a share can be told at these alone.
BOUNDS = (
    *(5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600, 900, 1200, 1800),
    *(3600, 7200, 10800, 14400, 28800, 86400),
)
LONGEST_WINDOW = 1440  # minutes


class ServiceLevel(models.Model):
    """What is promised of a queue: so many percent of its interactions pulled within so many seconds."""

    queue = models.OneToOneField(
        Queue, on_delete=models.CASCADE, related_name="+", limit_choices_to={"is_private": False}
    )
    percent = models.FloatField(default=80, validators=[MinValueValidator(1), MaxValueValidator(100)])
    seconds = models.PositiveIntegerField(default=60)

    class Meta:
        ordering = ["queue__position", "queue__name"]
        constraints = [
            models.CheckConstraint(condition=Q(seconds__in=BOUNDS), name="service_level_seconds"),
            models.CheckConstraint(
                condition=Q(percent__gt=0, percent__lte=100), name="service_level_percent"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.queue}: {self.percent:g} % within {self.seconds} s"


class AlarmRule(models.Model):
    """What is watched. Measures are named in reporting/alarms/measures.py."""

    name = models.CharField(max_length=100, unique=True)
    measure = models.CharField(max_length=40)
    queue = models.ForeignKey(
        Queue,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        limit_choices_to={"is_private": False},
    )
    threshold = models.FloatField(null=True, blank=True)
    window = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST_WINDOW)],
    )
    for_seconds = models.PositiveIntegerField(default=60, validators=[MaxValueValidator(86_400)])
    is_active = models.BooleanField(default=True)
    trouble = models.CharField(max_length=500, blank=True, editable=False)  # why it cannot be measured

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Breach(models.Model):
    """A queue is beyond a rule's threshold, since when; an alarm once that has lasted long enough.

    The queue is its name, empty for the server.
    """

    rule = models.ForeignKey(AlarmRule, on_delete=models.CASCADE, db_index=False)
    queue = models.CharField(max_length=200)
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint("rule", "queue", name="breach_of_rule")]

    def __str__(self) -> str:
        return f"{self.rule}: {self.queue}"


class Alarm(models.Model):
    """An alarm, open until it is cleared. It keeps the words of its rule, which may change or go."""

    rule = models.ForeignKey(AlarmRule, on_delete=models.SET_NULL, null=True)
    name = models.CharField(max_length=100)
    measure = models.CharField(max_length=40)
    queue = models.CharField(max_length=200, blank=True)
    threshold = models.FloatField()
    since = models.DateTimeField()
    raised_at = models.DateTimeField()
    cleared_at = models.DateTimeField(null=True)
    value = models.FloatField()  # when it was raised
    worst = models.FloatField()
    latest = models.FloatField()  # as long as it is open
    text = models.CharField(max_length=500)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint("rule", "queue", condition=Q(cleared_at=None), name="alarm_open_once")
        ]
        indexes = [
            # Open ones: the evaluation, /metrics.
            models.Index("name", "queue", condition=Q(cleared_at=None), name="alarm_open"),
            # Open ones first, then the newest: the admin.
            models.Index(F("cleared_at").desc(nulls_first=True), F("id").desc(), name="alarm_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.queue}" if self.queue else self.name
