from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # pulls and resets go on meanwhile

    dependencies = [("interactions", "0006_revision")]

    operations = [
        AddIndexConcurrently(
            model_name="party",
            index=models.Index(
                models.F("agent"),
                models.F("deadline_at"),
                condition=models.Q(("ended_at", None)),
                name="party_open_of_agent_first",
            ),
        ),
        RemoveIndexConcurrently(model_name="party", name="party_open_of_agent"),
    ]
