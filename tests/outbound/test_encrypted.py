"""The way out over TLS: only to whom the certificate names, and never from there to where it is not encrypted."""

import ssl
from ipaddress import ip_address

import pytest

from masthead.outbound import client
from masthead.outbound.client import Client
from masthead.outbound.errors import Unreachable
from tests.support.sinks import saying

LOOPBACK = ip_address("127.0.0.1")
HELLO = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nHello."


@pytest.fixture
def context(certificate):
    """What a server for localhost encrypts with."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(*certificate)
    return made


@pytest.fixture
def trusted(certificate, monkeypatch):
    """Let the client trust the certificate of the test."""
    monkeypatch.setattr(client, "_tls", lambda: ssl.create_default_context(cafile=certificate[0]))


def asking(*sinks):
    return Client(
        resolve=lambda host, port: [LOOPBACK],
        is_allowed=lambda address: address == LOOPBACK,
        ports=frozenset(sink.port for sink in sinks),
        seconds=5.0,
    )


@pytest.mark.usefixtures("trusted")
def test_encrypted_answer_is_brought(make_sink, context):
    sink = make_sink(saying(HELLO), context)
    assert asking(sink).fetch(f"https://localhost:{sink.port}/").body == b"Hello."
    assert sink.requests[0].startswith(b"GET / HTTP/1.1\r\n")


@pytest.mark.usefixtures("trusted")
def test_certificate_of_another_host_is_refused(make_sink, context):
    sink = make_sink(saying(HELLO), context)
    with pytest.raises(Unreachable):
        asking(sink).fetch(f"https://elsewhere.example:{sink.port}/")
    assert sink.requests == []


def test_certificate_that_nobody_vouches_for_is_refused(make_sink, context):
    sink = make_sink(saying(HELLO), context)
    with pytest.raises(Unreachable):
        asking(sink).fetch(f"https://localhost:{sink.port}/")
    assert sink.requests == []


@pytest.mark.usefixtures("trusted")
def test_redirect_does_not_lead_out_of_the_encryption(make_sink, context):
    plain = make_sink(saying(HELLO))
    answer = f"HTTP/1.1 302 Found\r\nLocation: http://localhost:{plain.port}/\r\nContent-Length: 0\r\n\r\n"
    sink = make_sink(saying(answer.encode()), context)
    with pytest.raises(Unreachable):
        asking(sink, plain).fetch(f"https://localhost:{sink.port}/")
    assert len(sink.requests) == 1
    assert plain.requests == []
