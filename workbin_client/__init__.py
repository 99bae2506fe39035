"""A client of Workbin's REST API for asyncio: `pip install 'workbin[client]'`.

client    what an application asks for: log in, pull, hold, events, submit
holding   what is in hand: kept alive in the background; what is lost ends its block
requests  a request and its answer; again where that is safe
stream    Server-Sent Events
shapes    the JSON as types

It knows nothing of the server but its contract, docs/api.md.
"""

from workbin_client.client import Client
from workbin_client.errors import CursorExpired, HoldLost, Refused, Unreachable, WorkbinError
from workbin_client.holding import Hold
from workbin_client.shapes import Event, Interaction, Party

__all__ = [
    "Client",
    "CursorExpired",
    "Event",
    "Hold",
    "HoldLost",
    "Interaction",
    "Party",
    "Refused",
    "Unreachable",
    "WorkbinError",
]
