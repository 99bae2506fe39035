"""Bugs to plant: what a test that promises something must notice.

bugs   the bugs, each a few words of the source that become others
tree   a copy of the source with one of them in it
"""

from tests.bugs.bugs import BUGS, Bug, Edit
from tests.bugs.tree import ROOT, Stale, planted, spoil

__all__ = ["BUGS", "ROOT", "Bug", "Edit", "Stale", "planted", "spoil"]
