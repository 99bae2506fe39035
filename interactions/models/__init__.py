from interactions.models.directory import Agent, AgentGroup, Place, PlaceGroup, Service, Session
from interactions.models.interaction import Interaction
from interactions.models.login import LoginFailure
from interactions.models.mailbox import AgentMessage
from interactions.models.party import Party
from interactions.models.queue import MediaType, Queue
from interactions.models.reply import StoredReply

__all__ = [
    "Agent",
    "AgentGroup",
    "AgentMessage",
    "Interaction",
    "LoginFailure",
    "MediaType",
    "Party",
    "Place",
    "PlaceGroup",
    "Queue",
    "Service",
    "Session",
    "StoredReply",
]
