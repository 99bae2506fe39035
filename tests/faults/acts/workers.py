"""Who revokes."""

import time

from tests.faults.cluster import WORKERS
from tests.faults.scene import Scene, fault

BATCH = 60


@fault(is_before=True, needs_all=True)
def worker_idle(scene: Scene) -> None:
    """A worker is killed while it has nothing to do."""
    scene.cluster.kill(scene.dice.choice(WORKERS))


@fault(needs_all=True)
def worker_armed(scene: Scene) -> None:
    """A worker is killed under load, with the countdowns of the next seconds armed."""
    scene.cluster.kill(scene.dice.choice(WORKERS))


@fault(needs_all=True)
def worker_in_a_batch(scene: Scene) -> None:
    """A worker is killed in the middle of a batch of revocations: rows changed, events not yet written."""
    scene.load.take_silently([1] * BATCH)
    with scene.barred("reporting_event"):
        scene.cluster.kill(scene.who_waits("worker%", "%reporting_event%"))


@fault(needs_all=True)
def workers_gone(scene: Scene) -> None:
    """All workers are gone for 20 seconds (4 in the short form)."""
    with scene.cluster.without(*WORKERS):
        time.sleep(scene.seconds(20, 4))


@fault()
def beat_killed(scene: Scene) -> None:
    """Beat is killed. Revocation does not need it."""
    scene.cluster.kill("beat")
