from django.db import migrations

# Fixed numbers of dead rows, as well as shares: what is kept for a day or for ever makes a table large, and a
# fifth of it is more than the indexes on what is open can take.
STORAGE = {
    "interactions_party": "autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 2000",
    "interactions_interaction": "autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 2000",
    # Of a session only the last request changes, in place where its page has room.
    "interactions_session": "fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02",
}


def names(parameters: str) -> str:
    return ", ".join(each.split("=")[0] for each in parameters.split(","))


class Migration(migrations.Migration):
    dependencies = [
        ("interactions", "0008_retention"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="session", name="session_open_by_request"),
        *[
            migrations.RunSQL(
                f"ALTER TABLE {table} SET ({parameters})", f"ALTER TABLE {table} RESET ({names(parameters)})"
            )
            for table, parameters in STORAGE.items()
        ],
    ]
