import datetime

import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
from django.db import migrations, models

import reporting.models.webhook


class Migration(migrations.Migration):
    dependencies = [
        ("interactions", "0006_revision"),
        ("reporting", "0004_intervals"),
    ]

    operations = [
        migrations.CreateModel(
            name="Webhook",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "url",
                    models.CharField(
                        max_length=500,
                        validators=[reporting.models.webhook.check_address],
                        verbose_name="URL",
                    ),
                ),
                ("secret", models.CharField(editable=False, max_length=100)),
                ("description", models.CharField(blank=True, max_length=200)),
                ("is_active", models.BooleanField(default=True)),
            ],
            options={
                "ordering": ["url", "id"],
            },
        ),
        migrations.CreateModel(
            name="AlarmRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=100, unique=True)),
                ("measure", models.CharField(max_length=40)),
                ("threshold", models.FloatField(blank=True, null=True)),
                (
                    "window",
                    models.PositiveIntegerField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(1440),
                        ],
                    ),
                ),
                (
                    "for_seconds",
                    models.PositiveIntegerField(
                        default=60, validators=[django.core.validators.MaxValueValidator(86400)]
                    ),
                ),
                ("is_active", models.BooleanField(default=True)),
                ("trouble", models.CharField(blank=True, editable=False, max_length=500)),
                (
                    "queue",
                    models.ForeignKey(
                        blank=True,
                        limit_choices_to={"is_private": False},
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="interactions.queue",
                    ),
                ),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Alarm",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=100)),
                ("measure", models.CharField(max_length=40)),
                ("queue", models.CharField(blank=True, max_length=200)),
                ("threshold", models.FloatField()),
                ("since", models.DateTimeField()),
                ("raised_at", models.DateTimeField()),
                ("cleared_at", models.DateTimeField(null=True)),
                ("value", models.FloatField()),
                ("worst", models.FloatField()),
                ("latest", models.FloatField()),
                ("text", models.CharField(max_length=500)),
                (
                    "rule",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, to="reporting.alarmrule"
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "indexes": [
                    models.Index(
                        models.F("name"),
                        models.F("queue"),
                        condition=models.Q(("cleared_at", None)),
                        name="alarm_open",
                    ),
                    models.Index(
                        models.OrderBy(models.F("cleared_at"), descending=True, nulls_first=True),
                        models.OrderBy(models.F("id"), descending=True),
                        name="alarm_newest",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("rule"),
                        models.F("queue"),
                        condition=models.Q(("cleared_at", None)),
                        name="alarm_open_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Breach",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("queue", models.CharField(max_length=200)),
                ("since", models.DateTimeField()),
                (
                    "rule",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, to="reporting.alarmrule"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(models.F("rule"), models.F("queue"), name="breach_of_rule")
                ],
            },
        ),
        migrations.CreateModel(
            name="ServiceLevel",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "percent",
                    models.FloatField(
                        default=80,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(100),
                        ],
                    ),
                ),
                ("seconds", models.PositiveIntegerField(default=60)),
                (
                    "queue",
                    models.OneToOneField(
                        limit_choices_to={"is_private": False},
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="interactions.queue",
                    ),
                ),
            ],
            options={
                "ordering": ["queue__position", "queue__name"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "seconds__in",
                                (
                                    5,
                                    10,
                                    15,
                                    20,
                                    30,
                                    45,
                                    60,
                                    90,
                                    120,
                                    180,
                                    300,
                                    600,
                                    900,
                                    1200,
                                    1800,
                                    3600,
                                    7200,
                                    10800,
                                    14400,
                                    28800,
                                    86400,
                                ),
                            )
                        ),
                        name="service_level_seconds",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("percent__gt", 0), ("percent__lte", 100)),
                        name="service_level_percent",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=40)),
                ("payload", models.JSONField()),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "give_up_at",
                    models.DateTimeField(
                        db_default=django.db.models.expressions.CombinedExpression(
                            django.db.models.functions.datetime.Now(),
                            "+",
                            models.Value(datetime.timedelta(days=3)),
                        )
                    ),
                ),
                (
                    "next_attempt_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("attempts", models.PositiveIntegerField(db_default=0)),
                ("delivered_at", models.DateTimeField(null=True)),
                ("failed_at", models.DateTimeField(null=True)),
                ("last_status", models.PositiveIntegerField(null=True)),
                ("last_error", models.CharField(db_default="", max_length=500)),
                ("last_answer", models.CharField(db_default="", max_length=200)),
                (
                    "webhook",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, to="reporting.webhook"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "deliveries",
                "ordering": ["-id"],
                "indexes": [
                    models.Index(
                        models.F("webhook"),
                        models.F("next_attempt_at"),
                        condition=models.Q(("delivered_at", None), ("failed_at", None)),
                        name="delivery_due",
                    ),
                    models.Index(
                        models.F("webhook"),
                        models.OrderBy(models.F("id"), descending=True),
                        name="delivery_of_webhook",
                    ),
                    models.Index(models.F("created_at"), name="delivery_created"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("delivered_at", None), ("failed_at", None), _connector="OR"),
                        name="delivery_delivered_or_failed",
                    )
                ],
            },
        ),
    ]
