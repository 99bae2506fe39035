from django.db import migrations

OPTIONS = {
    "interaction": {
        "permissions": [
            ("operate_interaction", "Can revoke, place, stop and prioritise any interaction, by hand"),
            (
                "supervise_interaction",
                "Can revoke, stop and prioritise those of the own groups, as a supervisor",
            ),
        ]
    },
    "queue": {
        "ordering": ["position", "name"],
        "permissions": [("pause_queue", "Can pause and resume queues")],
    },
    "session": {"permissions": [("end_session", "Can end sessions")]},
}


class Migration(migrations.Migration):
    """To the database, nothing."""

    dependencies = [("interactions", "0009_storage")]

    operations = [migrations.AlterModelOptions(name, options) for name, options in OPTIONS.items()]
