from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Rows of processes of the version before are of a name, of an address or of both, without `address`:
    those of names count on.
    """

    atomic = False  # log-ins go on meanwhile

    dependencies = [("interactions", "0009_storage")]

    operations = [
        migrations.AddField("loginfailure", "address", models.BinaryField(max_length=32, null=True)),
        migrations.AddField("loginfailure", "has_failed", models.BooleanField(db_default=False)),
        AddIndexConcurrently(
            model_name="loginfailure",
            index=models.Index(
                models.F("address"),
                models.OrderBy(models.F("at"), descending=True),
                name="login_failure_of_address",
                condition=models.Q(("has_failed", True)),
            ),
        ),
    ]
