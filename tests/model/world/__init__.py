"""What docs/api.md and docs/protocol.md promise, as a world in memory. It knows nothing of the server.

state      what there is, and who may do what
holding    holds begin, move and end, and what is told of it
pulling    interactions come, and become an agent's
working    what is done with one of them
world      how every request begins; sessions, mail, time

A request gives its reply: the status and, of a refusal, code and reason, else what it gives. It adds to `log`
the reporting events, and to `mail` the messages, that it must cause.
"""

from tests.model.world.state import FOREVER, NOTHING, Agent, Interaction, Location, Session
from tests.model.world.world import World

__all__ = ["FOREVER", "NOTHING", "Agent", "Interaction", "Location", "Session", "World"]
