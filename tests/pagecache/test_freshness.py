"""Random writes and reads by several applications on one database: no answer is older than the last commit.

Each application stands for a server process, with a cache of its own. Every hit is also made afresh and compared
(see `tests.support.databases`), so a stale page fails at the read that got it. `make soak` runs this for long.
"""

import os

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.pagecache.publication import APPLICATIONS, Publication
from tests.support.databases import pages_of

#: Examples and steps of each; the soak makes thousands of writes.
EXAMPLES = int(os.environ.get("SOAK_EXAMPLES", "5"))
STEPS = int(os.environ.get("SOAK_STEPS", "30"))
#: To shrink a failure takes minutes: `SOAK_SHRINK=1` does.
FAST = not os.environ.get("SOAK_SHRINK")


@pytest.mark.timeout(0)
@pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisWarning")
def test_no_answer_is_older_than_the_last_commit(database, cast, make_app):
    class Here(Publication):
        pass

    Here.database, Here.cast = database, cast
    Here.apps = [database.app, *(make_app() for _ in range(APPLICATIONS - 1))]
    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            # The same walks each time in the short form; `make soak` looks for new ones.
            derandomize="SOAK_EXAMPLES" not in os.environ,
            phases=[Phase.generate] if FAST else list(Phase),
            print_blob=False,
            suppress_health_check=list(HealthCheck),
        ),
    )
    hits = sum(pages_of(app).counters.now().hits for app in Here.apps)
    assert hits > EXAMPLES
