import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("interactions", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="WorkbinType",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=100, unique=True)),
                ("display_name", models.CharField(blank=True, max_length=200)),
                (
                    "owner_kind",
                    models.CharField(
                        choices=[
                            ("agent", "Agent"),
                            ("agent_group", "Agent Group"),
                            ("place", "Place"),
                            ("place_group", "Place Group"),
                        ],
                        max_length=20,
                    ),
                ),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Workbin",
            fields=[
                (
                    "queue",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        serialize=False,
                        to="interactions.queue",
                    ),
                ),
                (
                    "agent",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="workbins",
                        to="interactions.agent",
                    ),
                ),
                (
                    "agent_group",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="workbins",
                        to="interactions.agentgroup",
                    ),
                ),
                (
                    "place",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="workbins",
                        to="interactions.place",
                    ),
                ),
                (
                    "place_group",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="workbins",
                        to="interactions.placegroup",
                    ),
                ),
                (
                    "type",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="workbins",
                        to="workbins.workbintype",
                    ),
                ),
            ],
            options={
                "ordering": ["type", "queue"],
            },
        ),
        migrations.CreateModel(
            name="Subscription",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "after_message",
                    models.BigIntegerField(
                        help_text="Changes up to this message came before the subscription."
                    ),
                ),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "agent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="subscriptions",
                        to="interactions.agent",
                    ),
                ),
                (
                    "workbin",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="subscriptions",
                        to="workbins.workbin",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(models.F("workbin"), models.F("agent"), name="subscription_once")
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="workbin",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("agent__isnull", False),
                        ("agent_group", None),
                        ("place", None),
                        ("place_group", None),
                    ),
                    models.Q(
                        ("agent", None),
                        ("agent_group__isnull", False),
                        ("place", None),
                        ("place_group", None),
                    ),
                    models.Q(
                        ("agent", None),
                        ("agent_group", None),
                        ("place__isnull", False),
                        ("place_group", None),
                    ),
                    models.Q(
                        ("agent", None),
                        ("agent_group", None),
                        ("place", None),
                        ("place_group__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="workbin_has_one_owner",
            ),
        ),
        migrations.AddConstraint(
            model_name="workbin",
            constraint=models.UniqueConstraint(
                models.F("type"),
                models.F("agent"),
                condition=models.Q(
                    ("agent__isnull", False), ("agent_group", None), ("place", None), ("place_group", None)
                ),
                name="workbin_of_agent",
            ),
        ),
        migrations.AddConstraint(
            model_name="workbin",
            constraint=models.UniqueConstraint(
                models.F("type"),
                models.F("agent_group"),
                condition=models.Q(
                    ("agent", None), ("agent_group__isnull", False), ("place", None), ("place_group", None)
                ),
                name="workbin_of_agent_group",
            ),
        ),
        migrations.AddConstraint(
            model_name="workbin",
            constraint=models.UniqueConstraint(
                models.F("type"),
                models.F("place"),
                condition=models.Q(
                    ("agent", None), ("agent_group", None), ("place__isnull", False), ("place_group", None)
                ),
                name="workbin_of_place",
            ),
        ),
        migrations.AddConstraint(
            model_name="workbin",
            constraint=models.UniqueConstraint(
                models.F("type"),
                models.F("place_group"),
                condition=models.Q(
                    ("agent", None), ("agent_group", None), ("place", None), ("place_group__isnull", False)
                ),
                name="workbin_of_place_group",
            ),
        ),
    ]
