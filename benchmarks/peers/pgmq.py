"""pgmq on the same PostgreSQL: read, set_vt twice, delete; psycopg in autocommit, statements prepared.

Its functions come from the PyPI package. It checks no right and no capacity, keeps no log of what happened
and does not tell one holder from another; a message that is deleted is gone.
"""

import psycopg
from pgmq.install import get_embedded_install_sql

from benchmarks.peers.clients import Work, repeat

QUEUE, VISIBILITY_TIMEOUT = "peer", 30


def prepare(conninfo: str, waiting: int) -> None:
    with psycopg.connect(conninfo) as connection:
        connection.execute(get_embedded_install_sql().encode())
        connection.execute("SELECT pgmq.create(%s)", [QUEUE])
        connection.execute(
            """SELECT count(*) FROM pgmq.send_batch(%s, array(
                   SELECT '{"subject": "A question"}'::jsonb FROM generate_series(1, %s)))""",
            [QUEUE, waiting],
        )
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute(f"VACUUM ANALYZE pgmq.q_{QUEUE}")


def client(conninfo: str) -> Work:
    connection = psycopg.connect(conninfo, autocommit=True, prepare_threshold=0)
    cursor = connection.cursor()

    def cycle() -> None:
        read = cursor.execute("SELECT * FROM pgmq.read(%s, %s, 1)", [QUEUE, VISIBILITY_TIMEOUT]).fetchone()
        assert read is not None, "The queue is empty."
        for _ in range(2):
            cursor.execute("SELECT * FROM pgmq.set_vt(%s, %s, %s)", [QUEUE, read[0], VISIBILITY_TIMEOUT])
            cursor.fetchall()
        assert cursor.execute("SELECT pgmq.delete(%s, %s::bigint)", [QUEUE, read[0]]).fetchone() == (True,)

    return repeat(cycle)
