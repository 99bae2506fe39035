"""What waits in a workbin."""

from interactions.rows import SELECT, Row, to_rows
from interactions.sql import fetch_all


def read_waiting(
    workbin: int, position: tuple[int, ...] | None, backwards: bool, limit: int
) -> list[tuple[int, Row]]:
    """Turn and interaction, in the line's order, beyond a position: (priority, turn)."""
    turn = "(-i.priority, i.place_in_queue_seq)"
    beyond = f"AND {turn} {'<' if backwards else '>'} (%(priority)s::bigint, %(turn)s::bigint)"
    order = "ASC, i.place_in_queue_seq DESC" if backwards else "DESC, i.place_in_queue_seq ASC"
    priority, seq = position or (0, 0)
    tuples = fetch_all(
        f"""
        {SELECT.replace("SELECT", "SELECT i.place_in_queue_seq,", 1)}
        WHERE i.queue_id = %(workbin)s AND i.state = 'queued' {beyond if position else ""}
        ORDER BY i.priority {order} LIMIT %(limit)s
        """,
        {"workbin": workbin, "priority": -priority, "turn": seq, "limit": limit},
    )
    return list(zip((values[0] for values in tuples), to_rows(values[1:] for values in tuples), strict=True))
