import django.contrib.postgres.indexes
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Event",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("event", models.CharField(max_length=40)),
                ("at", models.DateTimeField()),
                ("interaction", models.BigIntegerField(null=True)),
                ("external_id", models.CharField(max_length=255, null=True)),
                ("media_type", models.CharField(max_length=100, null=True)),
                ("queue", models.CharField(max_length=200, null=True)),
                ("workbin", models.BigIntegerField(null=True)),
                ("agent", models.CharField(max_length=150, null=True)),
                ("session", models.BigIntegerField(null=True)),
                ("place", models.CharField(max_length=100, null=True)),
                ("party", models.BigIntegerField(null=True)),
                ("operation", models.CharField(max_length=20, null=True)),
                ("reason", models.CharField(max_length=255, null=True)),
                ("actor", models.JSONField()),
                ("attributes", models.JSONField(default=dict)),
            ],
            options={
                "ordering": ["id"],
                "indexes": [
                    models.Index(models.F("interaction"), models.F("id"), name="event_of_interaction"),
                    django.contrib.postgres.indexes.BrinIndex(
                        models.F("at"), autosummarize=True, name="event_at"
                    ),
                ],
            },
        ),
    ]
