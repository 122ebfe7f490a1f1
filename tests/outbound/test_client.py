"""The way out: what it brings, and what nobody can make it do (threats 9 to 13 of our list)."""

import gzip
import resource
import threading
import time
import zlib
from ipaddress import ip_address

import pytest

from masthead.outbound.addresses import is_public
from masthead.outbound.client import Client, fetch
from masthead.outbound.errors import Unreachable
from tests.support.live import free_port
from tests.support.sinks import saying

LOOPBACK = ip_address("127.0.0.1")


def anywhere(sink, **options):
    """A client for which this machine is the internet."""
    names = {"here.example": LOOPBACK}
    settings = {
        "resolve": lambda host, port: [names.get(host, LOOPBACK)],
        "is_allowed": lambda address: address == LOOPBACK,
        "ports": frozenset({sink.port}),
        "seconds": 1.0,
    }
    return Client(**(settings | options))


def page(body, *headers, status="200 OK"):
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "Connection: close"]
    return saying("\r\n".join(lines).encode() + b"\r\n\r\n" + body)


def test_answer_is_brought(make_sink):
    sink = make_sink(page(b"<p>Hello.", "Content-Type: text/html; charset=utf-8"))
    answer = anywhere(sink).fetch(f"http://here.example:{sink.port}/a?b=c")
    assert (answer.status, answer.type, answer.body) == (200, "text/html", b"<p>Hello.")
    assert sink.requests[0].startswith(b"GET /a?b=c HTTP/1.1\r\nHost: here.example")


def test_compressed_answer_is_unpacked(make_sink):
    sink = make_sink(page(gzip.compress(b"Hello. " * 100), "Content-Encoding: gzip"))
    assert anywhere(sink).fetch(f"http://here.example:{sink.port}/").body == b"Hello. " * 100


def test_content_is_sent_and_its_redirect_not_followed(make_sink):
    sink = make_sink(page(b"", "Location: /elsewhere", status="302 Found"))
    answer = anywhere(sink).fetch(f"http://here.example:{sink.port}/", method="POST", content=b"{}")
    assert answer.status == 302
    assert len(sink.requests) == 1


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "localhost.",
        "LOCALHOST",
        "127.1",
        "0",
        "2130706433",
        "0x7f.1",
        "017700000001",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "[2001:0:7f00:1::]",
        "[fe80::1]",
        "[fd00::1]",
        "[ff02::1]",
        "a@127.0.0.1",
        "127.0.0.1%23@example.org",
        "127.0.0.1\\@example.org",
        "１２７.０.０.１",
        "ⓛocalhost",
        "169.254.169.254",
        "10.0.0.1",
        "100.64.0.1",
        "192.168.1.1",
        "198.18.0.1",
        "0.0.0.0",
        "255.255.255.255",
        "224.0.0.1",
    ],
)
def test_what_is_inside_is_not_asked(make_sink, host):
    canary = make_sink(page(b"secret"))
    client = Client(ports=frozenset({canary.port}), seconds=3)
    with pytest.raises(Unreachable):
        client.fetch(f"http://{host}:{canary.port}/")
    assert canary.requests == []


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "gopher://127.0.0.1:80/_x",
        "ftp://example.org/",
        "//example.org/",
        "http:///x",
        "http://example.org:22/",
        "http://example.org:99999/",
        "http://exa mple.org/",
        "http://example.org/\r\nX: y",
        "http://[::1/",
        "http://user:password@example.org/",
        "javascript:alert(1)",
        "",
        "http://example.org/" + "a" * 3_000,
    ],
)
def test_what_is_no_web_address_is_not_looked_up(url):
    looked_up = []
    client = Client(resolve=lambda host, port: looked_up.append(host) or [])
    with pytest.raises(Unreachable):
        client.fetch(url)
    assert looked_up == []


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "2a00:1450:4001::1"])
def test_the_internet_is_public(address):
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"]
)
def test_redirect_to_the_inside_is_not_followed(make_sink, status):
    canary = make_sink(page(b"secret"))
    outside = make_sink(page(b"", f"Location: http://inside.example:{canary.port}/", status=status))
    client = anywhere(
        outside,
        resolve=lambda host, port: [ip_address("10.0.0.1" if host == "inside.example" else "127.0.0.1")],
        ports=frozenset({outside.port, canary.port}),
    )
    with pytest.raises(Unreachable):
        client.fetch(f"http://here.example:{outside.port}/")
    assert canary.requests == []


def test_redirect_is_followed_without_the_headers_meant_for_another_host(make_sink):
    goal = make_sink(page(b"There."))
    first = make_sink(page(b"", f"Location: http://other.example:{goal.port}/x", status="302 Found"))
    client = anywhere(first, ports=frozenset({first.port, goal.port}))
    answer = client.fetch(f"http://here.example:{first.port}/", headers={"Authorization": "Bearer x"})
    assert (answer.body, answer.url) == (b"There.", f"http://other.example:{goal.port}/x")
    assert b"Authorization" in first.requests[0]
    assert b"Authorization" not in goal.requests[0]


def test_redirects_end(make_sink):
    sink = make_sink(page(b"", "Location: /again", status="302 Found"))
    with pytest.raises(Unreachable):
        anywhere(sink).fetch(f"http://here.example:{sink.port}/")
    assert len(sink.requests) == 4


def test_name_is_looked_up_once_and_the_connection_goes_there(make_sink):
    """Rebinding: the second answer of the name server would lead inside."""
    sink = make_sink(page(b"Hello."))
    answers = iter([[LOOPBACK], [ip_address("10.0.0.1")]])
    client = anywhere(sink, resolve=lambda host, port: next(answers))
    assert client.fetch(f"http://rebinding.example:{sink.port}/").body == b"Hello."
    assert next(answers) == [ip_address("10.0.0.1")]


def test_host_with_one_address_inside_is_refused(make_sink):
    sink = make_sink(page(b"Hello."))
    client = anywhere(sink, resolve=lambda host, port: [LOOPBACK, ip_address("192.168.0.1")])
    with pytest.raises(Unreachable):
        client.fetch(f"http://both.example:{sink.port}/")
    assert sink.requests == []


def test_second_address_is_tried_when_the_first_refuses(make_sink):
    sink = make_sink(page(b"Hello."))
    client = anywhere(
        sink,
        resolve=lambda host, port: [ip_address("::1"), LOOPBACK],
        is_allowed=lambda address: address.is_loopback,
    )
    assert client.fetch(f"http://here.example:{sink.port}/").body == b"Hello."


def test_host_that_nobody_answers_for_is_unreachable(make_sink):
    port = free_port()
    client = anywhere(
        make_sink(page(b"Hello.")),
        resolve=lambda host, port: [ip_address("::1"), LOOPBACK],
        is_allowed=lambda address: address.is_loopback,
        ports=frozenset({port}),
    )
    with pytest.raises(Unreachable):
        client.fetch(f"http://here.example:{port}/")


@pytest.mark.parametrize("encoding", ["br", "compress", "gzip, gzip"])
def test_answer_that_cannot_be_unpacked_is_not_read(make_sink, encoding):
    sink = make_sink(page(b"Hello.", f"Content-Encoding: {encoding}"))
    with pytest.raises(Unreachable):
        anywhere(sink).fetch(f"http://here.example:{sink.port}/")


def drip(connection):
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    while True:
        connection.sendall(b"x")
        time.sleep(0.05)


def drip_headers(connection):
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        connection.sendall(b"X-A: b\r\n")
        time.sleep(0.05)


def endless(connection):
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        connection.sendall(b"x" * 65_536)


def bomb(connection):
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n")
    packer, zeros = zlib.compressobj(9, wbits=31), bytes(1_000_000)
    # A thousandth of what it becomes: 4 GB, never held by anybody.
    for _ in range(4_000):
        connection.sendall(packer.compress(zeros) + packer.flush(zlib.Z_SYNC_FLUSH))


def many_headers(connection):
    connection.sendall(b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: y\r\n" % n for n in range(10_000)) + b"\r\n")


def silence(connection):
    threading.Event().wait(5)


@pytest.mark.parametrize("play", [drip, drip_headers, endless, bomb, many_headers, silence])
def test_hostile_answer_takes_neither_time_nor_memory(make_sink, play):
    sink = make_sink(play)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.monotonic()
    with pytest.raises(Unreachable):
        anywhere(sink).fetch(f"http://here.example:{sink.port}/")
    # One second is the deadline here; ten on the site.
    assert time.monotonic() - started < 2.0
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000


def test_slow_name_server_is_not_waited_for(make_sink):
    started = time.monotonic()
    client = Client(seconds=0.3, resolve=lambda host, port: time.sleep(2) or [LOOPBACK])
    with pytest.raises(Unreachable):
        client.fetch("http://slow.example/")
    assert time.monotonic() - started < 1.5


def test_other_types_are_not_read(make_sink):
    sink = make_sink(page(b"\x89PNG", "Content-Type: image/png"))
    with pytest.raises(Unreachable):
        anywhere(sink).fetch(f"http://here.example:{sink.port}/", types=["text/html"])


def test_every_failure_reads_the_same(make_sink):
    """Whoever gives the address learns nothing of open and closed ports in here."""
    open_port = make_sink(page(b"secret")).port
    said, took = set(), []
    for port in (open_port, 1, 65_000):
        started = time.monotonic()
        with pytest.raises(Unreachable) as raised:
            Client(ports=frozenset({port})).fetch(f"http://127.0.0.1:{port}/")
        took.append(time.monotonic() - started)
        said.add(str(raised.value))
    assert len(said) == 1
    assert max(took) - min(took) < 0.5


def test_proxies_of_the_environment_are_not_asked(make_sink, monkeypatch):
    proxy, sink = make_sink(page(b"proxy")), make_sink(page(b"Hello."))
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
    assert anywhere(sink).fetch(f"http://here.example:{sink.port}/").body == b"Hello."


def test_site_asks_on_the_ports_of_the_web_alone(make_sink):
    sink = make_sink(page(b"Hello."))
    with pytest.raises(Unreachable):
        fetch(f"http://127.0.0.1:{sink.port}/")
    assert sink.requests == []
