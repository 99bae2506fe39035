import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import interactions.models.interaction


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE interactions_place_in_queue_seq",
            "DROP SEQUENCE interactions_place_in_queue_seq",
        ),
        migrations.CreateModel(
            name="AgentGroup",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=100, unique=True)),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="PlaceGroup",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=100, unique=True)),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Service",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=100, unique=True)),
                (
                    "role",
                    models.CharField(
                        choices=[("media_server", "Media Server"), ("reporting_engine", "Reporting Engine")],
                        max_length=20,
                    ),
                ),
                ("token_hash", models.BinaryField(max_length=32, null=True, unique=True)),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Agent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("employee_id", models.CharField(blank=True, max_length=100, null=True, unique=True)),
                (
                    "capacity",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="The most interactions this agent may hold; empty: no limit.",
                        null=True,
                    ),
                ),
                (
                    "is_supervisor",
                    models.BooleanField(
                        default=False,
                        help_text="May see, pull, revoke and stop what belongs to the groups above.",
                    ),
                ),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="agent",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "groups",
                    models.ManyToManyField(blank=True, related_name="agents", to="interactions.agentgroup"),
                ),
            ],
            options={
                "ordering": ["user__username"],
            },
        ),
        migrations.CreateModel(
            name="MediaType",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=100, unique=True)),
                (
                    "handling_timeout",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Seconds an agent may be quiet; a queue's or interaction's own goes first.",
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(86400),
                        ],
                    ),
                ),
            ],
            options={
                "ordering": ["name"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("handling_timeout", None),
                            ("handling_timeout__range", (1, 86400)),
                            _connector="OR",
                        ),
                        name="media_type_timeout_range",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Place",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=100, unique=True)),
                (
                    "groups",
                    models.ManyToManyField(blank=True, related_name="places", to="interactions.placegroup"),
                ),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Queue",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=200, unique=True)),
                ("description", models.CharField(blank=True, max_length=500)),
                (
                    "position",
                    models.IntegerField(
                        default=0, help_text="The order in which an agent's queues are served."
                    ),
                ),
                ("is_private", models.BooleanField(default=False, editable=False)),
                (
                    "is_paused",
                    models.BooleanField(default=False, help_text="Takes placements, refuses pulls."),
                ),
                (
                    "handling_timeout",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Seconds an agent may be quiet before the interaction is revoked.",
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(86400),
                        ],
                    ),
                ),
                (
                    "max_handling_time",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Seconds after which a hold ends even if the agent is active.",
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(86400),
                        ],
                    ),
                ),
                (
                    "max_revocations",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Expiries after which an interaction goes to the parking queue.",
                        null=True,
                    ),
                ),
                (
                    "agent_groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Whose agents may pull from it.",
                        related_name="queues",
                        to="interactions.agentgroup",
                    ),
                ),
                (
                    "parking_queue",
                    models.ForeignKey(
                        blank=True,
                        limit_choices_to={"is_private": False},
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="interactions.queue",
                    ),
                ),
            ],
            options={
                "ordering": ["position", "name"],
            },
        ),
        migrations.CreateModel(
            name="Interaction",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("external_id", models.CharField(blank=True, max_length=255, null=True)),
                ("interaction_type", models.CharField(blank=True, max_length=100)),
                ("interaction_subtype", models.CharField(blank=True, max_length=100)),
                (
                    "state",
                    models.CharField(
                        choices=[("queued", "Queued"), ("handling", "Handling"), ("stopped", "Stopped")],
                        max_length=10,
                    ),
                ),
                ("priority", models.IntegerField(default=0)),
                ("user_data", models.JSONField(default=dict)),
                (
                    "handling_timeout",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Seconds; goes before the queue's and the media type's.",
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(86400),
                        ],
                    ),
                ),
                ("received_at", models.DateTimeField()),
                ("submitted_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("submitted_by", models.CharField(max_length=150)),
                ("moved_to_queue_at", models.DateTimeField(null=True)),
                ("placed_in_queue_at", models.DateTimeField(null=True)),
                (
                    "place_in_queue_seq",
                    models.BigIntegerField(db_default=interactions.models.interaction.NextPlaceInQueue()),
                ),
                ("waiting_since", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("revocation_count", models.PositiveIntegerField(default=0)),
                ("completed_at", models.DateTimeField(null=True)),
                ("stop_reason", models.CharField(max_length=255, null=True)),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="children",
                        to="interactions.interaction",
                    ),
                ),
                (
                    "media_type",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="interactions.mediatype",
                    ),
                ),
                (
                    "queue",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="interactions.queue"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AgentMessage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("event", models.CharField(max_length=40)),
                ("body", models.JSONField()),
                (
                    "agent",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="interactions.agent",
                    ),
                ),
                (
                    "watched_queue",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="interactions.queue",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Session",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("application", models.CharField(blank=True, max_length=100)),
                ("token_hash", models.BinaryField(max_length=32, unique=True)),
                ("started_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "last_request_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "end_reason",
                    models.CharField(
                        choices=[("LoggedOut", "Logged Out"), ("SessionExpired", "Session Expired")],
                        max_length=20,
                        null=True,
                    ),
                ),
                (
                    "agent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sessions",
                        to="interactions.agent",
                    ),
                ),
                (
                    "place",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sessions",
                        to="interactions.place",
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="Party",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "operation",
                    models.CharField(choices=[("Pull", "Pull"), ("Submit", "Submit")], max_length=10),
                ),
                ("joined_at", models.DateTimeField()),
                (
                    "handling_timeout",
                    models.PositiveIntegerField(help_text="Seconds, as resolved when it was pulled."),
                ),
                ("expires_at", models.DateTimeField(help_text="No reset goes beyond it.", null=True)),
                ("last_reset_at", models.DateTimeField()),
                ("deadline_at", models.DateTimeField()),
                (
                    "warn_at",
                    models.DateTimeField(
                        help_text="When EventDeadlineSoon is due; empty once sent.", null=True
                    ),
                ),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "end_reason",
                    models.CharField(
                        choices=[
                            ("Expired", "Expired"),
                            ("Revoked", "Revoked"),
                            ("LoggedOut", "Logged Out"),
                            ("SessionExpired", "Session Expired"),
                            ("Placed", "Placed"),
                            ("Stopped", "Stopped"),
                        ],
                        max_length=20,
                        null=True,
                    ),
                ),
                (
                    "agent",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="parties",
                        to="interactions.agent",
                    ),
                ),
                (
                    "interaction",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="parties",
                        to="interactions.interaction",
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="interactions.session",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "parties",
            },
        ),
        migrations.AddConstraint(
            model_name="queue",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("is_private", True), ("name__regex", "^[A-Za-z0-9._-]+$"), _connector="OR"
                ),
                name="queue_public_name",
            ),
        ),
        migrations.AddConstraint(
            model_name="queue",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("handling_timeout", None), ("handling_timeout__range", (1, 86400)), _connector="OR"
                ),
                name="queue_timeout_range",
            ),
        ),
        migrations.AddConstraint(
            model_name="queue",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("max_handling_time", None), ("max_handling_time__range", (1, 86400)), _connector="OR"
                ),
                name="queue_max_time_range",
            ),
        ),
        migrations.AddConstraint(
            model_name="queue",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("is_private", False),
                    models.Q(
                        ("handling_timeout", None),
                        ("is_paused", False),
                        ("max_handling_time", None),
                        ("max_revocations", None),
                        ("parking_queue", None),
                    ),
                    _connector="OR",
                ),
                name="queue_private_without_policies",
            ),
        ),
        migrations.AddIndex(
            model_name="interaction",
            index=models.Index(
                models.F("queue"),
                models.OrderBy(models.F("priority"), descending=True),
                models.F("place_in_queue_seq"),
                condition=models.Q(("state", "queued")),
                name="interaction_line",
            ),
        ),
        migrations.AddIndex(
            model_name="interaction",
            index=models.Index(
                models.F("queue"),
                models.F("media_type"),
                models.OrderBy(models.F("priority"), descending=True),
                models.F("place_in_queue_seq"),
                condition=models.Q(("state", "queued")),
                name="interaction_line_of_media",
            ),
        ),
        migrations.AddIndex(
            model_name="interaction",
            index=models.Index(
                models.F("queue"), condition=models.Q(("state", "handling")), name="interaction_held"
            ),
        ),
        migrations.AddIndex(
            model_name="interaction",
            index=models.Index(
                models.F("parent"), condition=models.Q(("parent__isnull", False)), name="interaction_parent"
            ),
        ),
        migrations.AddConstraint(
            model_name="interaction",
            constraint=models.UniqueConstraint(
                models.F("external_id"),
                condition=models.Q(("external_id__isnull", False)),
                name="interaction_external_id",
            ),
        ),
        migrations.AddConstraint(
            model_name="interaction",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["queued", "handling", "stopped"])), name="interaction_state"
            ),
        ),
        migrations.AddConstraint(
            model_name="interaction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("completed_at__isnull", False), ("state", "stopped")),
                    models.Q(
                        models.Q(("state", "stopped"), _negated=True),
                        ("completed_at", None),
                        ("stop_reason", None),
                    ),
                    _connector="OR",
                ),
                name="interaction_stopped_is_completed",
            ),
        ),
        migrations.AddConstraint(
            model_name="interaction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("handling_timeout", None), ("handling_timeout__range", (1, 86400)), _connector="OR"
                ),
                name="interaction_timeout_range",
            ),
        ),
        migrations.AddIndex(
            model_name="agentmessage",
            index=models.Index(
                models.F("agent"),
                models.F("id"),
                condition=models.Q(("agent__isnull", False)),
                name="agent_message_of_agent",
            ),
        ),
        migrations.AddIndex(
            model_name="agentmessage",
            index=models.Index(
                models.F("watched_queue"),
                models.F("id"),
                condition=models.Q(("watched_queue__isnull", False)),
                name="agent_message_of_queue",
            ),
        ),
        migrations.AddIndex(
            model_name="agentmessage",
            index=models.Index(models.F("at"), name="agent_message_at"),
        ),
        migrations.AddConstraint(
            model_name="agentmessage",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("agent", None), ("watched_queue__isnull", False)),
                    models.Q(("agent__isnull", False), ("watched_queue", None)),
                    _connector="OR",
                ),
                name="agent_message_has_one_address",
            ),
        ),
        migrations.AddIndex(
            model_name="session",
            index=models.Index(
                models.F("agent"), condition=models.Q(("ended_at", None)), name="session_open_of_agent"
            ),
        ),
        migrations.AddIndex(
            model_name="session",
            index=models.Index(
                models.F("last_request_at"),
                condition=models.Q(("ended_at", None)),
                name="session_open_by_request",
            ),
        ),
        migrations.AddConstraint(
            model_name="session",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("end_reason", None), ("ended_at", None)),
                    models.Q(("end_reason__isnull", False), ("ended_at__isnull", False)),
                    _connector="OR",
                ),
                name="session_ended_with_reason",
            ),
        ),
        migrations.AddIndex(
            model_name="party",
            index=models.Index(
                models.F("agent"),
                models.F("id"),
                condition=models.Q(("ended_at", None)),
                name="party_open_of_agent",
            ),
        ),
        migrations.AddIndex(
            model_name="party",
            index=models.Index(
                models.F("deadline_at"), condition=models.Q(("ended_at", None)), name="party_open_by_deadline"
            ),
        ),
        migrations.AddIndex(
            model_name="party",
            index=models.Index(
                models.F("warn_at"),
                condition=models.Q(("ended_at", None), ("warn_at__isnull", False)),
                name="party_open_by_warning",
            ),
        ),
        migrations.AddIndex(
            model_name="party",
            index=models.Index(
                models.F("ended_at"), condition=models.Q(("ended_at__isnull", False)), name="party_by_end"
            ),
        ),
        migrations.AddIndex(
            model_name="party",
            index=models.Index(
                models.F("interaction"),
                models.F("agent"),
                condition=models.Q(("ended_at__isnull", False)),
                name="party_ended_of",
            ),
        ),
        migrations.AddConstraint(
            model_name="party",
            constraint=models.UniqueConstraint(
                models.F("interaction"),
                condition=models.Q(("ended_at", None)),
                name="party_open_of_interaction",
            ),
        ),
        migrations.AddConstraint(
            model_name="party",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("end_reason", None), ("ended_at", None)),
                    models.Q(("end_reason__isnull", False), ("ended_at__isnull", False)),
                    _connector="OR",
                ),
                name="party_ended_with_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="party",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("expires_at", None), ("deadline_at__lte", models.F("expires_at")), _connector="OR"
                ),
                name="party_within_cap",
            ),
        ),
    ]
