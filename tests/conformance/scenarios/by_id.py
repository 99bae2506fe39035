"""Reserve by id: an owner sees what waits in a workbin and pulls in any order, all or nothing."""

from functools import partial

from ..cast import Agent, new_key
from ..log import Log, expired, pulled
from ..people import at_once
from ..places import Bin, Line
from ..server import Answer, Json


def pull(agent: Agent, workbin: Bin, *ids: int) -> Answer:
    return agent.post(f"workbins/{workbin}/pull", interactions=list(ids))


def why(answer: Answer) -> dict[int, str]:
    problem: Json = answer.refused(409, "not_available")
    return {one["id"]: one["why"] for one in problem["interactions"]}


def test_exactly_those(alice: Agent, drafts: Bin, log: Log) -> None:
    first, second, third = drafts.put(3)
    answer = pull(alice, drafts, third, first).ok()
    assert answer["event"] == "EventPulledInteractions"
    assert sorted(one["id"] for one in answer["interactions"]) == [first, third]
    for one in answer["interactions"]:
        assert (one["queue"], one["workbin"], one["party"]["workbin"]) == (None, drafts.id, drafts.id)
    assert drafts.content(alice) == [second]
    log.tells(first, pulled("workbin"))
    log.tells(third, pulled("workbin"))
    log.tells(second)


def test_by_count_in_order(alice: Agent, drafts: Bin) -> None:
    low, usual = drafts.add(priority=-1), drafts.add()
    answer = alice.post(f"workbins/{drafts}/pull", count=2).ok()
    assert [one["id"] for one in answer["interactions"]] == [usual, low]
    assert alice.post(f"workbins/{drafts}/pull", count=2).ok()["interactions"] == []


def test_all_or_nothing(alice: Agent, bob: Agent, lena: Agent, shared: Bin, line: Line) -> None:
    """One that is held, stopped or elsewhere, and none is pulled; each is told with its reason."""
    free, held, mine, stopped = shared.put(4)
    elsewhere = line.add()
    pull(bob, shared, held).ok()
    pull(alice, shared, mine).ok()
    lena.stop(stopped).ok()
    assert why(pull(alice, shared, held)) == {held: "held"}
    assert why(pull(alice, shared, mine)) == {mine: "held_by_you"}
    everything = why(pull(alice, shared, free, held, mine, stopped, elsewhere))
    assert everything == {held: "held", mine: "held_by_you", stopped: "stopped", elsewhere: "elsewhere"}
    assert shared.content(alice) == [free]
    assert pull(alice, shared, free).ok()["interactions"][0]["id"] == free


def test_what_it_may_say(alice: Agent, drafts: Bin) -> None:
    mail = drafts.add()
    wrong: list[Json] = [
        {},
        {"interactions": [mail], "count": 1},
        {"interactions": []},
        {"interactions": [mail, mail]},
        {"interactions": mail},
        {"interactions": ["1"]},
        {"count": 0},
        {"count": 101},
        {"count": 1, "wait_seconds": 1},
    ]
    for body in wrong:
        alice.post(f"workbins/{drafts}/pull", **body).refused(400, "invalid")
    assert drafts.content(alice) == [mail]


def test_what_may_not_be_seen_is_not_there(alice: Agent, bob: Agent, drafts: Bin, elsewhere: Line) -> None:
    mail, unseen = drafts.add(), elsewhere.add()
    for ids in ([unseen], [999_999_999_999], [mail, unseen]):
        pull(alice, drafts, *ids).refused(404, "not_found")
    pull(bob, drafts, mail).refused(404, "not_found")
    assert drafts.content(alice) == [mail]


def test_one_that_has_expired_may_be_taken_at_once(alice: Agent, bob: Agent, shared: Bin, log: Log) -> None:
    """It is revoked first, with its events, by whoever comes first."""
    mail = shared.add(handling_timeout=1)
    [party] = alice.take_by_id(shared, mail)
    bob.server.clock.wait_past(party["deadline_at"])
    [taken] = bob.take_by_id(shared, mail)
    assert (taken["agent"], taken["interaction"]) == (bob.name, mail)
    assert [letter["reason"] for letter in alice.mail(1)] == ["Expired"]
    log.tells(mail, pulled("workbin"), expired("workbin"), pulled("workbin"))


def test_two_who_want_the_same(alice: Agent, bob: Agent, shared: Bin, log: Log) -> None:
    """One has it, the other is told that it is held; however often."""
    for mail in shared.put(5):
        answers = at_once(partial(pull, alice, shared, mail), partial(pull, bob, shared, mail))
        assert sorted(answer.status for answer in answers) == [200, 409]
        [refused] = [answer for answer in answers if answer.status == 409]
        assert why(refused) == {mail: "held"}
        log.tells(mail, pulled("workbin"))


def test_two_who_want_overlapping_ones(alice: Agent, bob: Agent, shared: Bin) -> None:
    """All or nothing, and neither waits for the other for ever."""
    for _ in range(4):
        mails = shared.put(4)
        answers = at_once(partial(pull, alice, shared, *mails[:3]), partial(pull, bob, shared, *mails[:0:-1]))
        taken = [len(answer["interactions"]) for answer in answers if answer.status == 200]
        assert sum(taken) in (0, 3), "an interaction was given to both"
        assert {answer.status for answer in answers} <= {200, 409}


def test_under_a_key_once(alice: Agent, drafts: Bin, log: Log) -> None:
    mail = drafts.add()
    key = new_key()
    first = alice.once(key, f"workbins/{drafts}/pull", interactions=[mail])
    again = alice.once(key, f"workbins/{drafts}/pull", interactions=[mail])
    assert (first.ok(), first.content) == (again.ok(), again.content)
    log.tells(mail, pulled("workbin"))
