from django.db import migrations

# Counters, which change in place where their page has room.
TABLES = ("reporting_interval", "reporting_total")


class Migration(migrations.Migration):
    dependencies = [
        ("reporting", "0006_audit"),
    ]

    operations = [
        migrations.RunSQL(
            f"ALTER TABLE {table} SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05)",
            f"ALTER TABLE {table} RESET (fillfactor, autovacuum_vacuum_scale_factor)",
        )
        for table in TABLES
    ]
