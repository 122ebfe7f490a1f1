"""`systemctl reload` behind the shipped nginx file: no request fails, and none is answered from what nginx has kept."""

import itertools
import threading
import time

import pytest

from masthead.operation.supervisor import DRAIN_SECONDS
from tests.factories import PostFactory
from tests.support.over_http import Guest
from tests.support.people import PASSWORD

pytestmark = [pytest.mark.databases("sqlite"), pytest.mark.slow]


class Person(threading.Thread):
    """Somebody who does the same again and again; `answers` has status and X-Cache of each."""

    def __init__(self, do, ended):
        super().__init__(daemon=True)
        self._do, self._ended = do, ended
        self.answers = []

    def run(self):
        for number in itertools.count():
            if self._ended.is_set():
                return
            try:
                reply = self._do(number)
                self.answers.append((reply.status, reply.headers.get("x-cache")))
            except OSError as error:
                self.answers.append((0, repr(error)))
            time.sleep(0.02)


@pytest.mark.parametrize("server", ["granian", "gunicorn"])
def test_nobody_notices_that_the_server_is_replaced(nginx, make_live_site, cast, server):
    path = f"/blog/post/{PostFactory(author=cast.walt).slug}"
    site = make_live_site(SITE_URL=nginx.url, TRUSTED_PROXIES=1, RATELIMIT_ENABLED="false", server=server)
    site.start()
    nginx.start(site.port)
    stranger, walt = (Guest(nginx.url, nginx.certificate) for _ in range(2))
    assert walt.fill_in("/auth/login", email=cast.walt.email, password=PASSWORD).status == 303
    ended = threading.Event()
    people = [
        *(Person(lambda _: stranger.get(path), ended) for _ in range(3)),
        Person(lambda _: walt.get("/dashboard"), ended),
        Person(lambda number: walt.fill_in(f"{path}", body=f"Comment {number}."), ended),
    ]
    for person in people:
        person.start()
    time.sleep(0.5)
    site.reload()
    # Until the old server has ended.
    time.sleep(DRAIN_SECONDS + 2)
    ended.set()
    for person in people:
        person.join(30)
    *readers, desk, writer = (person.answers for person in people)
    assert {answer for reader in readers for answer in reader} <= {(200, "hit"), (200, "miss")}
    assert {status for status, _ in desk} == {200}
    assert {status for status, _ in writer} == {303}
    assert min(map(len, [*readers, desk, writer])) > 10
