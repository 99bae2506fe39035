"""The feed finds its pages by index, whatever the filter: see reporting/cursor.py and borders.py."""

import django.contrib.postgres.indexes
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("reporting", "0002_partitions"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="event",
            name="event_at",
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(models.F("event"), models.F("id"), name="event_of_kind"),
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(
                models.F("queue"),
                models.F("id"),
                condition=models.Q(("queue__isnull", False)),
                name="event_of_queue",
            ),
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(
                models.F("workbin"),
                models.F("id"),
                condition=models.Q(("workbin__isnull", False)),
                name="event_of_workbin",
            ),
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(
                models.F("agent"),
                models.F("id"),
                condition=models.Q(("agent__isnull", False)),
                name="event_of_agent",
            ),
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(models.F("at"), name="event_at"),
        ),
        migrations.AddIndex(
            model_name="event",
            index=django.contrib.postgres.indexes.BrinIndex(
                models.F("at"), models.F("id"), autosummarize=True, name="event_border", pages_per_range=32
            ),
        ),
    ]
