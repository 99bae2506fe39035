from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("reporting", "0007_storage"),
    ]

    operations = [
        migrations.AddField("delivery", "attempted_at", models.DateTimeField(null=True)),
    ]
