"""Who carries the hints."""

import time

from redis import Redis
from redis.exceptions import ResponseError

from tests.faults.scene import Scene, fault

REPLICA, PRIMARY = "REPLICAOF 127.0.0.1 1", "REPLICAOF NO ONE"  # of nobody
SERVE_STALE = "CONFIG SET replica-serve-stale-data"
REFUSALS = (  # and what ends them
    (["CONFIG SET maxmemory 1"], ["CONFIG SET maxmemory 0"]),
    ([REPLICA], [PRIMARY]),  # it takes no changes
    ([f"{SERVE_STALE} no", REPLICA], [PRIMARY, f"{SERVE_STALE} yes"]),  # and tells nothing either
)


@fault()
def broker_killed(scene: Scene) -> None:
    """Valkey is killed. It has kept nothing."""
    scene.cluster.kill("valkey")


@fault()
def broker_paused(scene: Scene) -> None:
    """Valkey stands still for 20 seconds (3 in the short form): it accepts connections and says nothing."""
    with scene.cluster.paused("valkey"):
        time.sleep(scene.seconds(20, 3))


@fault()
def broker_emptied(scene: Scene) -> None:
    """FLUSHALL: queues, armed slots, bindings, tickets, all are gone."""
    with Redis.from_url(scene.cluster.servers.redis_url) as redis:
        redis.flushall()


@fault()
def broker_restarted_empty(scene: Scene) -> None:
    """Valkey is down for 5 seconds (1.5 in the short form), and comes back empty."""
    with scene.cluster.without("valkey"):
        time.sleep(scene.seconds(5, 1.5))


@fault()
def broker_refuses(scene: Scene) -> None:
    """Valkey answers with errors for 20 seconds (3 in the short form): it is full, or a replica."""
    begin, end = scene.dice.choice(REFUSALS)
    with Redis.from_url(scene.cluster.servers.redis_url) as redis:
        try:
            for command in begin:
                redis.execute_command(command)
            assert refuses(redis), f"{begin} makes no difference"
            time.sleep(scene.seconds(20, 3))
        finally:
            for command in end:
                redis.execute_command(command)


def refuses(redis: Redis) -> bool:
    try:
        redis.set("fault", 1, px=1)
    except ResponseError:
        return True
    return False
