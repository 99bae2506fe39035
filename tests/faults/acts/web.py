"""Who answers."""

from tests.faults.scene import Scene, fault


@fault()
def web_in_a_request(scene: Scene) -> None:
    """A web process is killed in the middle of requests, whose transactions are open."""
    with scene.barred("reporting_event"):
        scene.cluster.kill(scene.who_waits("web-%"))
