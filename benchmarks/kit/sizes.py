"""What tables and indexes take, and how their rows are updated."""

from dataclasses import dataclass

from interactions.sql import fetch_all, fetch_value

TABLES = (
    "interactions_interaction",
    "interactions_party",
    "interactions_session",
    "interactions_agentmessage",
    "reporting_event",
    "reporting_interval",
    "reporting_total",
)
OPEN_HOLDS = "indexes on open holds"  # they hold as many entries as there are open holds, and dead ones

# Partitions count as the table that they are of.
_TABLE = """
    SELECT sum(pg_total_relation_size(s.relid)), sum(n_dead_tup), sum(n_tup_upd), sum(n_tup_hot_upd)
    FROM pg_stat_user_tables s
    WHERE relid = %(table)s::regclass OR relid IN (SELECT relid FROM pg_partition_tree(%(table)s::regclass))
"""
_ROWS = "SELECT coalesce(sum(pg_column_size(t)), 0)::bigint FROM {table} t"
_OPEN_HOLDS = """
    SELECT sum(pg_relation_size(indexrelid))::bigint FROM pg_stat_user_indexes
    WHERE indexrelname LIKE 'party\\_open\\_%' AND relname = 'interactions_party'
"""


@dataclass(slots=True)
class Sizes:
    bytes: dict[str, int]
    dead: dict[str, int]
    updates: dict[str, int]
    hot_updates: dict[str, int]
    rows: dict[str, int]  # the bytes of all that are alive
    open_holds: int

    def taken(self, table: str) -> float:
        """Bytes, with those of indexes and of free room, for each byte of rows."""
        return self.bytes[table] / max(self.rows[table], 1)

    def hot_share(self, table: str) -> float:
        return self.hot_updates[table] / max(self.updates[table], 1)


def read_sizes() -> Sizes:
    """Rows are measured, not counted: one that counts more kinds of things is larger."""
    sizes, dead, updates, hot_updates = [
        {table: int(column) for table, column in zip(TABLES, columns, strict=True)}
        for columns in zip(*(fetch_all(_TABLE, {"table": table})[0] for table in TABLES), strict=True)
    ]
    rows = {table: fetch_value(_ROWS.format(table=table)) for table in TABLES}
    return Sizes(sizes, dead, updates, hot_updates, rows, fetch_value(_OPEN_HOLDS))
