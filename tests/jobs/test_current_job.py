"""What a job does twice, it does in the same way."""

import re
from email import message_from_bytes, policy

import pytest
from sqlalchemy import update

from masthead import clock
from masthead.db import db
from masthead.jobs import current_job
from masthead.jobs.models import Job, JobState
from masthead.jobs.runner import Runner


def test_marks_are_the_same_each_time_and_none_outside_of_a_job():
    seen = []
    for _ in range(2):
        with current_job.working_on(7):
            seen.append((current_job.next_mark(), current_job.next_mark()))
    assert seen[0] == seen[1]
    assert len(set(seen[0])) == 2
    assert current_job.next_mark() is None


@pytest.mark.databases("sqlite")
def test_letter_that_is_sent_again_has_the_same_id_and_the_same_link(make_app, cast, new_client, tmp_path):
    """A worker was killed between the mail server's "250" and our note of it."""
    site = make_app(MAIL_URL=f"file://{tmp_path}/letters")
    new_client(site).fill_in("/auth/forgot", email=cast.rhea.email)
    Runner(site).run_due()
    with site.app_context():
        again = {"state": JobState.QUEUED, "run_at": clock.now(), "finished_at": None}
        db.session.execute(update(Job).where(Job.name == "accounts.send_link").values(**again))
        db.session.commit()
    Runner(site).run_due()
    first, second = (
        message_from_bytes(path.read_bytes(), policy=policy.default)
        for path in (tmp_path / "letters").glob("*.eml")
    )
    assert first["Message-ID"] == second["Message-ID"]
    links = [
        re.findall(r"/auth/reset/\S+", letter.get_body(("plain",)).get_content())
        for letter in (first, second)
    ]
    assert links[0] == links[1]
    assert new_client(site).get(links[0][0]).status_code == 200
