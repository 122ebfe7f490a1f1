"""Both servers give the same answer to every hostile header: a table, sent byte by byte to each of them.

Threats 27, 32, 39 and 47 of the research (security.md): hosts, proxies and the framing of requests.
"""

import socket

import pytest

pytestmark = pytest.mark.databases("sqlite")

ASKED = b"GET /dashboard HTTP/1.1\r\n"
HOSTILE = {
    "nothing": b"",
    "SCRIPT_NAME": b"SCRIPT_NAME: /evil\r\n",
    "Script-Name": b"Script-Name: /evil\r\n",
    "PATH_INFO": b"PATH_INFO: /auth/login\r\n",
    "X-Script-Name": b"X-Script-Name: /evil\r\n",
    "X-Forwarded-Prefix": b"X-Forwarded-Prefix: /evil\r\n",
    "X-Forwarded-Proto": b"X-Forwarded-Proto: https\r\n",
    "X-Forwarded-Proto of nonsense": b"X-Forwarded-Proto: javascript\r\n",
    "X-Forwarded-Protocol": b"X-Forwarded-Protocol: ssl\r\n",
    "X-Forwarded-Ssl": b"X-Forwarded-Ssl: on\r\n",
    "schemes that contradict": b"X-Forwarded-Proto: https\r\nX-Forwarded-Ssl: off\r\n",
    "X-Forwarded-Host": b"X-Forwarded-Host: evil.example\r\n",
    "X-Forwarded-Port": b"X-Forwarded-Port: 99999\r\n",
    "X-Forwarded-For": b"X-Forwarded-For: 203.0.113.5\r\n",
    "X_Forwarded_For": b"X_Forwarded_For: 203.0.113.5\r\n",
    "Forwarded": b"Forwarded: for=203.0.113.5;proto=https;host=evil.example\r\n",
    "X-Real-IP": b"X-Real-IP: 192.0.2.4\r\nClient-IP: 192.0.2.4\r\n",
    "REMOTE_ADDR": b"REMOTE_ADDR: 192.0.2.4\r\nREMOTE_USER: ada\r\n",
    "X-Original-URL": b"X-Original-URL: /admin\r\nX-Rewrite-URL: /admin\r\n",
    "another method": b"X-HTTP-Method-Override: DELETE\r\n",
    "Proxy": b"Proxy: http://evil.example\r\n",
    "a second Host": b"Host: evil.example\r\n",
    "two framings": b"Transfer-Encoding: chunked\r\nContent-Length: 3\r\n",
    "an unknown encoding": b"Transfer-Encoding: xchunked\r\n",
    "an encoding that is none": b"Transfer-Encoding: identity\r\n",
    "two encodings": b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
    "two lengths": b"Content-Length: 0\r\nContent-Length: 5\r\n",
    "a negative length": b"Content-Length: -1\r\n",
    "a length with a sign": b"Content-Length: +0\r\n",
    "a length of letters": b"Content-Length: x\r\n",
    "a name with a space": b"X Bad: a\r\n",
    "a space before the colon": b"Host : evil.example\r\n",
    "a folded line": b"X-A: a\r\n b\r\n",
    "NUL": b"X-A: a\0b\r\n",
    "a bare carriage return": b"X-A: a\rb\r\n",
    "a long value": b"X-A: " + b"a" * 20_000 + b"\r\n",
    "150 headers": b"".join(b"X-%d: a\r\n" % number for number in range(150)),
    "Upgrade": b"Connection: Upgrade\r\nUpgrade: h2c\r\n",
    "an unknown Expect": b"Expect: something\r\n",
}
HOSTS = {
    "no Host": b"",
    "an empty Host": b"Host: \r\n",
    "a Host in capitals": b"Host: LOCALHOST\r\n",
    "another Host": b"Host: evil.example\r\n",
    "two Hosts": b"Host: 127.0.0.1\r\nHost: evil.example\r\n",
    "two Hosts in one": b"Host: 127.0.0.1, evil.example\r\n",
    "a Host with a user": b"Host: ada@127.0.0.1\r\n",
    "a Host of IPv6": b"Host: [::1]:8000\r\n",
    "a Host of IPv6, written out": b"Host: [0:0:0:0:0:0:0:1]\r\n",
    "a Host with a path": b"Host: 127.0.0.1/evil\r\n",
    "a Host with a port that is none": b"Host: 127.0.0.1:99999\r\n",
}
LINES = {
    "a whole address": b"GET http://evil.example/dashboard HTTP/1.1\r\n",
    "two slashes": b"GET //evil.example/dashboard HTTP/1.1\r\n",
    "a method in small letters": b"get /dashboard HTTP/1.1\r\n",
    "an unknown method": b"EVIL /dashboard HTTP/1.1\r\n",
    "TRACE": b"TRACE /dashboard HTTP/1.1\r\n",
    "another version": b"GET /dashboard HTTP/2.0\r\n",
    "a long path": b"GET /" + b"a" * 9_000 + b" HTTP/1.1\r\n",
    "a long query": b"GET /?" + b"a" * 9_000 + b" HTTP/1.1\r\n",
}


def answer(port: int, line: bytes, host: bytes | None, headers: bytes) -> tuple[str, str]:
    """The status and the Location; "refused" for every refusal of a request that cannot be read."""
    host = b"Host: 127.0.0.1:%d\r\n" % port if host is None else host
    end = b"" if b"Connection" in headers else b"Connection: close\r\n"
    received = b""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(line + host + headers + end + b"\r\n")
        try:
            while chunk := connection.recv(65_536):
                received += chunk
                if b"Connection" in headers and b"\r\n\r\n" in received:
                    break
        except OSError:
            return "refused", ""
    head = received.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
    locations = [row.partition(":")[2].strip() for row in head if row.lower().startswith("location:")]
    status = head[0][9:12]
    # 408: granian waits for the chunks that never come.
    return "refused" if status in {"", "400", "408", "501"} else status, "".join(locations)


def table(port: int) -> dict[str, tuple[str, str]]:
    found = {name: answer(port, ASKED, None, headers) for name, headers in HOSTILE.items()}
    found |= {name: answer(port, ASKED, host, b"") for name, host in HOSTS.items()}
    return found | {name: answer(port, line, None, b"") for name, line in LINES.items()}


def test_both_servers_answer_alike(make_live_site, cast):
    answers = {}
    for server in ("granian", "gunicorn"):
        site = make_live_site(server=server)
        site.start()
        answers[server] = table(site.port)
        site.stop()
    differing = {
        name: (found, answers["gunicorn"][name])
        for name, found in answers["granian"].items()
        if found != answers["gunicorn"][name]
    }
    assert differing == {}
    plain = ("302", "/auth/login?next=/dashboard")
    ignored = [name for name in HOSTILE if name.startswith(("X-Forw", "SCRIPT", "Forwarded", "PATH", "X_F"))]
    assert {name: answers["gunicorn"][name] for name in ignored} == dict.fromkeys(ignored, plain)
    understood = ["a Host in capitals", "a Host of IPv6", "a Host of IPv6, written out"]
    assert {name: answers["granian"][name] for name in understood} == dict.fromkeys(understood, plain)


def test_both_servers_believe_one_proxy_alike(make_live_site, cast):
    """A proxy on this machine says who reads; the page for numbers tells whether that was believed."""
    believed = [
        "X-Forwarded-For: {}",
        "X-Forwarded-For: {}:1000",
        "x-forwarded-for:\t{}\t",
        "X-Forwarded-For: 9.9.9.9, {}",
        "X-Forwarded-For: 9.9.9.9\r\nX-Forwarded-For: {}",
        "X-Forwarded-For: 9.9.9.9\r\nX-FORWARDED-FOR: {}",
        "X-Forwarded-For: {}\r\nX-Forwarded-Prefix: /evil",
        "X-Forwarded-For: {}\r\nSCRIPT_NAME: /evil",
        "X-Forwarded-For: {}\r\nX-Forwarded-Port: 1",
        "X-Forwarded-For: {}\r\nForwarded: for=9.9.9.9",
        "X-Forwarded-For: {}\r\nX-Real-IP: 9.9.9.9",
        "X-Forwarded-For: {}\r\nX-Forwarded-Proto: javascript",
    ]
    # These count for the proxy itself, all together.
    unheard = [
        "X-Forwarded-For: ",
        "X-Forwarded-For: {},",
        "Forwarded: for={}",
        "X-Real-IP: {}",
        "X-Forwarded-For: x",
    ]
    line = b"GET /api/v1/tags HTTP/1.1\r\n"
    for server in ("granian", "gunicorn"):
        site = make_live_site(server=server, TRUSTED_PROXIES="1", RATELIMIT_API="1 per hour")
        site.start()
        assert answer(site.port, line, None, b"")[0] == "200"
        for number, header in enumerate([*believed, *unheard]):
            address = f"203.0.113.{number}"
            said = header.format(address).encode() + b"\r\n"
            first = answer(site.port, line, None, said)
            again = answer(site.port, line, None, f"X-Forwarded-For: {address}\r\n".encode())
            expected = ("200", "429") if header in believed else ("429", "200")
            assert (first[0], again[0]) == expected, (server, header)
            leads = answer(site.port, ASKED, None, said)
            assert leads == ("302", "/auth/login?next=/dashboard"), (server, header)
        site.stop()
