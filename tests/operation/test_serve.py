import hashlib
import http.client
import json
import os
import socket
import threading
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial

import pytest

from masthead.web.middleware import load_shedding
from masthead.web.telemetry import metrics
from tests.support.live import free_port

pytestmark = pytest.mark.databases("sqlite")
SLOW_POST = (
    b"POST /auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    b"Content-Length: 5000\r\n\r\nemail=a"
)
SLOW_GET = b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: "


def ends_with(result, sentence):
    assert result.returncode == 1
    assert sentence in result.stderr
    assert "Traceback" not in result.stderr


def test_without_tables_it_says_what_to_do(masthead):
    ends_with(masthead("serve", "--port", str(free_port())), "Run `masthead db upgrade` first.")


def test_a_start_that_fails_leaves_no_folder_of_metrics(masthead, tmp_path):
    home = hashlib.sha256(str(tmp_path).encode()).hexdigest()[:16]
    places = [(metrics.MEMORY, f"masthead-{os.geteuid()}-{home}-*"), (tmp_path / metrics.FOLDER, "*")]
    ends_with(masthead("serve", "--port", str(free_port())), "Run `masthead db upgrade` first.")
    assert [folder for place, pattern in places for folder in place.glob(pattern)] == []


def test_a_port_in_use_is_told(masthead):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        ends_with(masthead("serve", "--port", str(port)), f"Port {port} on 127.0.0.1 is in use.")


@pytest.mark.parametrize(
    ("host", "sentence"),
    [
        ("192.0.2.1", "This machine has no address 192.0.2.1."),
        ("no-such-host.invalid", "The host no-such-host.invalid is unknown."),
        ("no such host", "HOST: must be a name or an address of this machine"),
        ("http://127.0.0.1", "HOST: must be a name or an address of this machine"),
        ("[::1]", "HOST: must be a name or an address of this machine"),
    ],
)
def test_a_host_that_is_not_ours_is_told(masthead, host, sentence):
    result = masthead("serve", "--host", host, "--port", str(free_port()), SITE_URL="")
    ends_with(result, sentence)
    assert "SITE_URL" not in result.stderr


def test_mistakes_of_the_configuration_are_listed(masthead):
    result = masthead("serve", SITE_URL="nonsense", WORKERS="0")
    ends_with(result, "SITE_URL:")
    assert "WORKERS:" in result.stderr


def test_the_set_up_link_follows_host_and_port(make_live_site):
    site = make_live_site(SITE_URL="")
    site.start()
    link = next(line for line in site.output.splitlines() if "/setup?token=" in line)
    assert link.startswith(f"{site.url}/setup?token=")
    assert " " not in link
    with urllib.request.urlopen(link, timeout=10) as response:
        assert response.status == 200


@pytest.mark.parametrize("server", ["granian", "gunicorn"])
@pytest.mark.parametrize("stop", ["stop", "terminate"])
def test_it_ends_without_complaint(make_live_site, stop, server):
    site = make_live_site(server=server, WORKERS=2)
    site.start()
    assert getattr(site, stop)() == 0
    assert "Traceback" not in site.output
    assert "exited with code" not in site.output


@pytest.mark.parametrize("server", ["granian", "gunicorn"])
def test_more_than_can_be_answered_is_refused_and_pages_from_memory_go_on(make_live_site, cast, server):
    site = make_live_site(server=server, RATELIMIT_ENABLED=False)
    site.start()
    assert asked(site.port, "GET", "/") == [(200, None)]
    refused = threading.Event()
    # Somebody more than may work and wait has to be refused.
    crowd_size = load_shedding.PLACES + load_shedding.WAITING + 60
    with ThreadPoolExecutor(crowd_size + 1) as people:
        # Nothing takes as long as a password.
        attempt = json.dumps({"email": cast.ada.email, "password": "one of many guesses"})
        ask = partial(asked, site.port, "POST", "/api/v1/auth/login", attempt, until=refused)
        crowd = [people.submit(ask) for _ in range(crowd_size)]
        reader = people.submit(asked, site.port, "GET", "/", until=refused)
        attempts = [answer for person in crowd for answer in person.result()]
    assert set(attempts) == {(401, None), (503, "5")}
    assert set(reader.result()) == {(200, None)}


def asked(port, method, path, body=None, *, until=None):
    """Status and Retry-After of each answer to somebody who asks once, or until somebody is refused (or a minute long)."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    answers, deadline = [], time.monotonic() + 60
    with closing(connection):
        while not answers or (until is not None and not until.is_set() and time.monotonic() < deadline):
            connection.request(method, path, body, {"Content-Type": "application/json"} if body else {})
            answer = connection.getresponse()
            answer.read()
            answers.append((answer.status, answer.getheader("Retry-After")))
            if answer.status == 503 and until is not None:
                until.set()
    return answers


def test_slow_clients_do_not_keep_others_out(live_site):
    slow = [socket.create_connection(("127.0.0.1", live_site.port)) for _ in range(60)]
    for number, connection in enumerate(slow):
        connection.sendall(SLOW_POST if number < 30 else SLOW_GET)
    # Those that found no place are sent away by then.
    time.sleep(3)
    # Whoever asks gives up after five seconds.
    assert live_site.answers()
    for connection in slow:
        connection.close()


@pytest.mark.parametrize("server", ["granian", "gunicorn"])
def test_a_start_keeps_others_of_the_machine_out_of_home_and_pictures(make_live_site, server):
    site = make_live_site(server=server)
    (site.home / "media").mkdir()
    for folder in (site.home, site.home / "media"):
        folder.chmod(0o755)
    site.start()
    assert {oct(folder.stat().st_mode & 0o777) for folder in (site.home, site.home / "media")} == {"0o700"}
    assert site.output.count("It is for this one alone now.") == 2
    for path in site.home.rglob("*"):
        if path.is_dir():
            assert path.stat().st_mode & 0o077 == 0, path


def test_a_new_home_and_its_pictures_are_for_their_owner_alone(masthead, tmp_path):
    home = tmp_path / "new" / "home"
    assert masthead("db", "upgrade", MASTHEAD_HOME=str(home), DATABASE_URL="").returncode == 0
    assert masthead("seed-db", "--demo", MASTHEAD_HOME=str(home), DATABASE_URL="").returncode == 0
    folders = [home, *(path for path in home.rglob("*") if path.is_dir())]
    assert home / "media" in folders
    assert [path for path in folders if path.stat().st_mode & 0o077 and path.parent != home / "media"] == []
