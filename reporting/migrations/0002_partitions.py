"""The event log becomes a partitioned table: see reporting/partitions.py."""

from django.db import migrations

SQL = """
DO $$
DECLARE
    newest bigint; is_called boolean; earliest timestamptz; month timestamptz;
BEGIN
    ALTER TABLE reporting_event RENAME TO reporting_event_whole;
    CREATE TABLE reporting_event (LIKE reporting_event_whole) PARTITION BY RANGE (at);

    SELECT min(at) INTO earliest FROM reporting_event_whole;
    month := date_trunc('month', earliest, 'UTC');
    WHILE month <= now() LOOP
        EXECUTE format(
            'CREATE TABLE %I PARTITION OF reporting_event FOR VALUES FROM (%L) TO (%L)',
            'reporting_event_' || to_char(month AT TIME ZONE 'UTC', 'YYYY_MM'),
            month, (month AT TIME ZONE 'UTC' + interval '1 month') AT TIME ZONE 'UTC'
        );
        month := (month AT TIME ZONE 'UTC' + interval '1 month') AT TIME ZONE 'UTC';
    END LOOP;

    INSERT INTO reporting_event SELECT * FROM reporting_event_whole;
    SELECT s.last_value, s.is_called INTO newest, is_called FROM reporting_event_id_seq s;
    DROP TABLE reporting_event_whole;

    -- A sequence by itself: a partitioned table has no identity column before PostgreSQL 17.
    CREATE SEQUENCE reporting_event_id_seq OWNED BY reporting_event.id;
    PERFORM setval('reporting_event_id_seq', newest, is_called);
    ALTER TABLE reporting_event ALTER COLUMN id SET DEFAULT nextval('reporting_event_id_seq');
    ALTER TABLE reporting_event ADD CONSTRAINT reporting_event_pkey PRIMARY KEY (id, at);
    CREATE INDEX event_of_interaction ON reporting_event (interaction, id);
    CREATE INDEX event_at ON reporting_event USING brin (at) WITH (autosummarize = on);
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("reporting", "0001_initial")]

    operations = [migrations.RunSQL(SQL)]
