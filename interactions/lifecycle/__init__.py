"""The life of an interaction. Every change of its state is here.

                        submit (service)                            submit (agent)
                               |                                          |
                               v     pull (from a queue or a workbin)     v
            +-------------> queued -----------------------------------> handling --+
            |    place in      |  ^                                      |  |  ^   | reset: any request
            |    queue/workbin |  |    release: expired, revoked,         |  |  +---+ of the agent moves
            |    (admin)       |  +--- logged out, session expired ------+  |       the deadline
            +------------------+  |    (it waits where it was,              |
                               |  |    at its old turn)                     |
                               |  +--- place in queue, place in workbin ----+
                               |       (a new turn)                         |
                               |                                            |
                               +---- stop processing ----> stopped <--------+

A hold is a Party; while one is open the interaction is `handling` and stays where it stands. A hold
whose deadline has passed is over, whether or not anyone has ended it yet: its holder is refused, and
whoever asks first (the timer, a puller, the late holder) ends it, with its events, exactly once.

Commands lock, read the clock, guard, change and announce, in this order, in one transaction. A
caller's mistake raises a Refusal; a lost race returns quietly.
"""

from interactions.lifecycle.ending import place, release_all, revoke, stop_processing
from interactions.lifecycle.properties import Changes, change_properties
from interactions.lifecycle.pulling import Pulled, pull, pull_by_id, pull_next
from interactions.lifecycle.submission import Submission, Submitted, submit, submit_and_handle
from interactions.lifecycle.timeouts import BATCH, expire, expire_before_refusal, revoke_due, warn_due

__all__ = [
    "BATCH",
    "Changes",
    "Pulled",
    "Submission",
    "Submitted",
    "change_properties",
    "expire",
    "expire_before_refusal",
    "place",
    "pull",
    "pull_by_id",
    "pull_next",
    "release_all",
    "revoke",
    "revoke_due",
    "stop_processing",
    "submit",
    "submit_and_handle",
    "warn_due",
]
