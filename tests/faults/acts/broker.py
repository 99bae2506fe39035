"""Who carries the hints."""

import time

from redis import Redis

from tests.faults.scene import Scene, fault


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
