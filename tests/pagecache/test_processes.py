import http.client
import time

import pytest

from masthead.db import db
from masthead.settings import actions as settings

WRITES = 15
#: A reader of the one process comes to the other by another connection.
CONNECTIONS = 6
#: PostgreSQL tells the others a few milliseconds after the commit; SQLite is asked.
PATIENCE_SECONDS = {"sqlite": 0.0, "postgresql": 0.25}


def read(site):
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=10)
    connection.request("GET", "/")
    response = connection.getresponse()
    body = response.read().decode()
    connection.close()
    return response.headers["X-Cache"], body


@pytest.mark.slow
def test_every_process_of_the_server_shows_what_another_program_has_just_written(
    app, database, make_live_site
):
    site = make_live_site(WORKERS=2)
    site.start()
    seen = []
    for number in range(WRITES):
        with app.app_context():
            settings.change(title=f"Issue {number}.")
            db.session.commit()
        time.sleep(PATIENCE_SECONDS[database.kind])
        answers = [read(site) for _ in range(CONNECTIONS)]
        assert all(f"Issue {number}." in body for _, body in answers)
        seen += [how for how, _ in answers]
    assert seen.count("hit") > WRITES
