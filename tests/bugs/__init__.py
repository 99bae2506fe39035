"""Bugs to plant: what a test that promises something must notice.

Each could have been written, and breaks one promise.

bug                                  what a bug is: a few words of the source that become others
holds, timers, lines, told, rights   the bugs
tree                                 a copy of the source with one of them in it
"""

from tests.bugs import holds, lines, rights, timers, told
from tests.bugs.bug import Bug, Edit
from tests.bugs.tree import ROOT, Stale, planted, spoil

BUGS = {each.name: each for room in (holds, timers, lines, told, rights) for each in room.BUGS}

__all__ = ["BUGS", "ROOT", "Bug", "Edit", "Stale", "planted", "spoil"]
