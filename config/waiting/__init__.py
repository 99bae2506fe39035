"""Requests that wait: long polls and event streams. They hold no thread and no database connection.

A view that finds nothing says what its request waits for (interactions.waking.Wait). The room keeps the
request and has the view asked again when there is news or the time is up, so all that is checked and
answered is in the views. The hub knows who waits for what; the ear hears the news from Redis, and looks
into the database for what it may have missed.
"""

from config.waiting.ear import Ear
from config.waiting.hub import Hub
from config.waiting.room import Asked, Room

__all__ = ["Asked", "Ear", "Hub", "Room"]
