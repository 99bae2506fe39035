"""Refusals: one shape, one code for each reason, and nothing is done. (Each answer's shape is looked at
wherever one comes, see server.py.)"""

from ..cast import Agent
from ..log import Log, pulled
from ..places import Bin, Line


def test_what_is_no_json(alice: Agent, line: Line) -> None:
    for wrong in (b"{", b"[]", b"null", b'"text"', b"\xff\xfe", b'{"count": NaN}', b"{'count': 1}"):
        alice.send("POST", f"queues/{line}/pull", wrong).refused(400, "invalid")


def test_unknown_fields(alice: Agent, line: Line, log: Log) -> None:
    """A typing mistake does not pass, and its field is named."""
    mail = line.add()
    problem = alice.post(f"queues/{line}/pull", cuont=1).refused(400, "invalid")
    assert "cuont" in problem["errors"]
    party = alice.take(line)
    for verb in ("stop-processing", "place-in-queue"):
        problem = alice.post(f"interactions/{mail}/{verb}", party=party["id"], raeson="x").refused(
            400, "invalid"
        )
        assert "raeson" in problem["errors"]
    log.tells(mail, pulled())


def test_another_media_type(alice: Agent, line: Line) -> None:
    answer = alice.send("POST", f"queues/{line}/pull", b"count=1", headers={"Content-Type": "text/plain"})
    assert answer.status == 415


def test_another_method(alice: Agent) -> None:
    for method, path in (
        ("DELETE", "parties"),
        ("GET", "keep-alive"),
        ("PUT", "interactions/1"),
        ("POST", "queues"),
    ):
        answer = alice.send(method, path)
        assert answer.status == 405
        assert answer.headers["Allow"]


def test_another_representation(alice: Agent) -> None:
    assert alice.send("GET", "parties", headers={"Accept": "image/png"}).status == 406


def test_an_address_that_is_none(alice: Agent) -> None:
    for path in ("nowhere", "interactions/one", "interactions/0", "interactions/-1", f"interactions/{2**70}"):
        alice.get(path).refused(404, "not_found")


def test_a_body_that_is_too_large(alice: Agent, line: Line) -> None:
    """Whatever the limit is: refused as too large, or as too much for `user_data`."""
    answer = alice.submit(queue=str(line), user_data={"text": "x" * 4_000_000})
    assert answer.status in (400, 413)
    assert alice.holds() == []


def test_what_may_not_be_seen_looks_like_what_is_not_there(alice: Agent, elsewhere: Line) -> None:
    unseen = elsewhere.add()
    for path in (f"interactions/{unseen}", "interactions/999999999999"):
        alice.get(path).refused(404, "not_found")
    answers = [
        alice.post(f"interactions/{one}/stop-processing", party=1).refused(404, "not_found")
        for one in (unseen, 999_999_999_999)
    ]
    assert answers[0]["detail"] == answers[1]["detail"]


def test_of_several_reasons_the_first_is_told(alice: Agent, bob: Agent, line: Line, elsewhere: Line) -> None:
    """Not there; stale; stopped; not held."""
    unseen, mail = elsewhere.add(), line.add()
    nobodys = 999_999_999_999
    alice.stop({"interaction": unseen, "id": nobodys}).refused(404, "not_found")
    first = alice.take(line)
    alice.place(first).ok()
    second = alice.take(line)
    alice.stop(first).refused(409, "stale_party")
    alice.stop({"interaction": mail, "id": nobodys}).refused(409, "stale_party")
    alice.stop(second).ok()
    alice.stop(first).refused(409, "stopped")
    bob.stop({"interaction": mail, "id": nobodys}).refused(409, "stopped")


def test_a_pull_is_refused_for_the_pause_before_the_capacity(small: Agent, line: Line, paused: Line) -> None:
    line.put(3)
    small.pull(line, count=3)
    small.post(f"queues/{paused}/pull").refused(409, "queue_paused")
    small.post(f"queues/{line}/pull").refused(409, "capacity_reached")


def test_private_queues_have_no_name(alice: Agent, line: Line, drafts: Bin) -> None:
    """A workbin is asked for as a workbin."""
    line.add()
    party = alice.take(line)
    for name in (str(drafts), "kit-drafts", f"workbin-{drafts}"):
        alice.post(f"queues/{name}/pull").refused(404, "not_found")
        alice.place(party, queue=name).refused(404, "not_found")
    assert alice.holds() == [party["id"]]


def test_a_refused_place_leaves_it_in_hand(alice: Agent, line: Line, log: Log) -> None:
    mail = line.add()
    party = alice.take(line)
    alice.place(party, queue="kit-nowhere").refused(404, "not_found")
    alice.place(party, workbin=999_999_999_999).refused(404, "not_found")
    assert alice.holds() == [party["id"]]
    log.tells(mail, pulled())


def test_an_agent_may_place_where_it_may_not_pull(alice: Agent, line: Line, elsewhere: Line) -> None:
    """Into any public queue: work is handed on."""
    line.add()
    found = alice.place(alice.take(line), queue=str(elsewhere)).ok()["interaction"]
    assert found["queue"] == str(elsewhere)
