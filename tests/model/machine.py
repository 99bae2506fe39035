"""What may happen next, and to whom: drawn, and done to the model and to the server."""

from random import Random

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from tests.model import drawn, floor
from tests.model.drawn import Drawn
from tests.model.pair import Pair

MOST_SESSIONS = 8

# How often each happens, of all steps. Two at once take as long as twenty others.
SHARES = {
    **{"pull": 12, "pull_next": 6, "pull_from_workbin": 5, "pull_by_id": 6},
    **{"submit": 9, "submit_by_an_agent": 3},
    **{"place": 9, "stop": 5, "change": 6, "revoke": 5, "look": 4, "keep_alive": 3, "two_at_once": 2},
    **{"come_in": 4, "log_out": 2, "subscribe": 2, "someone_reads_mail": 6},
    **{"some_time_passes": 7, "much_time_passes": 1, "timer_ticks": 6, "timer_warns": 3},
    **{"someone_pauses": 1, "someone_regroups": 2},
}
ACTS = [act for act, share in SHARES.items() for _ in range(share)]


class Machine(Pair):
    @initialize(random=st.randoms(use_true_random=True))
    def set_out(self, random: Random) -> None:
        """Who does what to what is drawn evenly, as Hypothesis would not draw it."""
        self.drawn = Drawn(self.world, (self.gateway, self.gateway, self.warehouse), random)
        for agent in self.world.agents[:4]:
            self.log_in(agent)
        for session in self.world.sessions[:2]:
            self.both(session, "subscribe", self.world.locations[-2])
        for queue in self.world.locations[:3]:
            for priority in (0, 5):
                mail = {"media_type": "email", "priority": priority, "handling_timeout": None}
                self.both(self.gateway, "submit", queue, mail)

    @rule(act=st.sampled_from(ACTS))
    def something_happens(self, act: str) -> None:
        """One rule for all: of many, Hypothesis leaves some out of each run, and where nobody submits or
        pulls there is nothing to see."""
        getattr(self, act)()

    # --- Sessions ---

    def come_in(self) -> None:
        if sum(not each.is_over for each in self.world.sessions) < MOST_SESSIONS:
            self.log_in(self.drawn.one_of(self.world.agents))

    def log_out(self) -> None:
        self.both(self.drawn.session(), "log_out")

    def keep_alive(self) -> None:
        self.both(self.drawn.session(is_holding=True), "keep_alive")

    # --- Submit and pull ---

    def submit(self) -> None:
        given, key = self.drawn.properties_of_one(), self.drawn.one_of(drawn.KEYS)
        self.both(self.gateway, "submit", self.drawn.location(), given, key=key)

    def submit_by_an_agent(self) -> None:
        who, given, key = self.drawn.anyone(), self.drawn.properties_of_one(), self.drawn.one_of(drawn.KEYS)
        at = self.drawn.mostly_own(who, self.world.locations)
        self.both(who, "submit", at, given, key=key)

    def pull(self) -> None:
        who = self.drawn.puller()
        given = self.drawn.queue(who), self.drawn.one_of(drawn.COUNTS), self.drawn.one_of(drawn.MEDIA)
        self.both(who, "pull", *given, key=self.drawn.one_of(drawn.KEYS))

    def pull_next(self) -> None:
        self.both(self.drawn.puller(), "pull_next", self.drawn.one_of(drawn.MEDIA))

    def pull_from_workbin(self) -> None:
        who = self.drawn.puller()
        self.both(who, "pull", self.drawn.workbin(who), self.drawn.one_of(drawn.COUNTS), None)

    def pull_by_id(self) -> None:
        who = self.drawn.puller()
        workbin = self.drawn.workbin(who)
        self.both(who, "pull_by_id", workbin, self.drawn.some_in(workbin))

    # --- With one interaction ---

    def place(self) -> None:
        who, *given = self.drawn.holding()
        at = self.drawn.one_of([None, self.drawn.queue(), self.drawn.workbin(who)])
        self.both(who, "place", *given, at, key=self.drawn.one_of(drawn.KEYS))

    def stop(self) -> None:
        who, *given = self.drawn.holding()
        self.both(who, "stop", *given, self.drawn.one_of(drawn.REASONS))

    def change(self) -> None:
        who, *given = self.drawn.holding()
        self.both(who, "change", *given, self.drawn.changes())

    def revoke(self) -> None:
        it = self.drawn.interaction(is_held=True)
        self.both(self.drawn.who_may_do_without(it), "revoke", it)

    def look(self) -> None:
        who, it = self.drawn.known()
        self.both(who, "look", it)

    def two_at_once(self) -> None:
        if self.drawn.one_of([True, False]):
            self.overtaken(self.drawn.properties_of_one(), self.drawn.location(), self.drawn.location())
        else:
            it = self.drawn.one_of(self.world.interactions)
            self.in_turn(it, *[self.drawn.sure_act(it) for _ in range(2)])

    # --- Workbins and mail ---

    def subscribe(self) -> None:
        who = self.drawn.session()
        self.both(who, "subscribe", self.drawn.workbin(who))

    def someone_reads_mail(self) -> None:
        self.read_mail(self.drawn.session(is_holding=True))

    # --- Time and operators ---

    def some_time_passes(self) -> None:
        self.let_pass(self.drawn.one_of(drawn.MINUTES) * floor.MINUTE)

    def much_time_passes(self) -> None:
        self.let_pass(self.drawn.one_of(drawn.MANY_MINUTES) * floor.MINUTE)

    def timer_ticks(self) -> None:
        self.tick(self.drawn.one_of(drawn.TICKS))

    def timer_warns(self) -> None:
        """Twice, for it must warn once."""
        self.tick("warn_due")
        self.tick("warn_due")

    def someone_pauses(self) -> None:
        self.pause(self.drawn.queue())

    def someone_regroups(self) -> None:
        self.regroup(self.drawn.one_of(self.world.agents[:2]), floor.TEAM)
