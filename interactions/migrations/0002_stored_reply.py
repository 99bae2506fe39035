import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("interactions", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="StoredReply",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("key", models.CharField(max_length=255)),
                ("fingerprint", models.BinaryField(help_text="SHA-256 of the request.", max_length=32)),
                ("status", models.PositiveSmallIntegerField()),
                ("body", models.BinaryField()),
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
                    "service",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="interactions.service",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "stored replies",
                "indexes": [models.Index(models.F("at"), name="stored_reply_at")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("agent", None), ("service__isnull", False)),
                            models.Q(("agent__isnull", False), ("service", None)),
                            _connector="OR",
                        ),
                        name="stored_reply_has_one_owner",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status__gte", 200), ("status__lt", 300)),
                        name="stored_reply_is_no_refusal",
                    ),
                    models.UniqueConstraint(
                        models.F("agent"),
                        models.F("key"),
                        condition=models.Q(("agent__isnull", False)),
                        name="stored_reply_of_agent",
                    ),
                    models.UniqueConstraint(
                        models.F("service"),
                        models.F("key"),
                        condition=models.Q(("service__isnull", False)),
                        name="stored_reply_of_service",
                    ),
                ],
            },
        ),
    ]
