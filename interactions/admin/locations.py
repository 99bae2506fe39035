"""Where an interaction stands, in words."""

from collections.abc import Callable, Collection, Iterable, Mapping

from interactions.models import Queue

# Apps that own private queues add a function that names them, by the queues' ids.
namers: list[Callable[[Collection[int]], Mapping[int, str]]] = []


def name_locations(queues: Iterable[Queue]) -> dict[int, str]:
    """Public queues by their names, private ones as their owners call them."""
    queues = set(queues)
    names = {queue.pk: f"workbin {queue.pk}" if queue.is_private else queue.name for queue in queues}
    private = [queue.pk for queue in queues if queue.is_private]
    if private:
        for namer in namers:
            names.update(namer(private))
    return names
