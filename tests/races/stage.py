"""Who races for what, and what the log says of each."""

from dataclasses import dataclass, field

from tests.applications import Desk, Json, Reply

EXPIRED = [
    "EventPartyRemoved Revoke Expired by timer @workbin",
    "EventRevoked Revoke Expired by timer @workbin",
]
REVOKED = [
    "EventPartyRemoved Revoke Revoked by agent @workbin",
    "EventRevoked Revoke Revoked by agent @workbin",
]
LOGGED_OUT = [
    "EventPartyRemoved Logout LoggedOut by agent @workbin",
    "EventAgentLogout Logout LoggedOut by agent",
]
PLACED = [
    "EventPartyRemoved PlaceInWorkbin Placed by agent @workbin",
    "EventPlacedInQueue PlaceInWorkbin by agent @workbin",
    "EventPlacedInWorkbin PlaceInWorkbin by agent @workbin",
]
STOPPED = [
    "EventPartyRemoved StopProcessing Stopped by agent @workbin",
    "EventProcessingStopped StopProcessing by agent @workbin",
]
CHANGED = ["EventPropertiesChanged ChangeProperties by agent @workbin"]
PULLED = [
    "EventTakenFromQueue Pull by agent @workbin",
    "EventTakenFromWorkbin Pull by agent @workbin",
    "EventPartyAdded Pull by agent @workbin",
]


@dataclass
class Stage:
    """One interaction in the team's workbin, where alice, bob and lena may pull it; alice may hold it."""

    alice: Desk
    bob: Desk
    lena: Desk
    team: int
    interaction: int
    party: Json = field(default_factory=dict)

    def pull_it(self, desk: Desk) -> Reply:
        return desk.post(f"workbins/{self.team}/pull", interactions=[self.interaction])

    def pull_next(self, desk: Desk) -> Reply:
        return desk.post(f"workbins/{self.team}/pull", count=1)
