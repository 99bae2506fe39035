"""What time it is, as the application hosts believe. PostgreSQL's clock is right."""

import time
from collections.abc import Mapping

from reporting.cursor import horizon
from reporting.intervals import projector
from tests.faults.cluster import HOSTS
from tests.faults.scene import Scene, fault
from tests.processes import until

HOUR = 3600.0
COUNTED = 15.0  # seconds in which what beat sends is heard


@fault(cluster="special")
def clocks_ahead(scene: Scene) -> None:
    """The clocks of all application hosts jump an hour ahead, and back after a while."""
    be_off(scene, dict.fromkeys(HOSTS, HOUR))


@fault(cluster="special")
def clocks_behind(scene: Scene) -> None:
    """The clocks of all application hosts jump an hour back, and ahead again after a while."""
    be_off(scene, dict.fromkeys(HOSTS, -HOUR))


@fault(cluster="special")
def clocks_apart(scene: Scene) -> None:
    """Each application host is an hour ahead or behind, by chance."""
    be_off(scene, {name: scene.dice.choice((HOUR, -HOUR)) for name in HOSTS})


def be_off(scene: Scene, off: Mapping[str, float]) -> None:
    """At length it is seen too that what one host sends is heard by the others meanwhile."""
    try:
        for name, seconds in off.items():
            scene.cluster.set_clock(seconds, name)
        time.sleep(scene.seconds(6, 2))
        if not scene.is_short:
            newest = horizon.newest()
            until(lambda: projector.live().event >= newest, COUNTED, "events to be counted")
    finally:
        scene.cluster.set_clock(0, *off)
