"""Thousands of requests that nobody would write by hand, right and wrong ones, as four people.

Short, as a part of every run: a few requests an operation for each person on each database. `make fuzz` is the long
form, with schemathesis' boundary values, and as many as `FUZZ_EXAMPLES` says.
"""

import os
import sys

import pytest

from tests.api.fuzzing import PHASES, fuzz, stay_signed_in
from tests.factories import CommentFactory, DraftFactory, PageFactory, PostFactory

#: How many requests schemathesis draws for each operation; one, if nobody says more.
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "1"))
SEED = int(os.environ.get("FUZZ_SEED", "1"))
PHASES_HERE = PHASES if "FUZZ_EXAMPLES" in os.environ else ("examples", "fuzzing", "stateful")


@pytest.mark.timeout(1_200)
@pytest.mark.parametrize("person", [None, "rhea", "walt", "ada"])
def test_every_answer_keeps_what_the_document_promises(
    person, make_app, database, cast, as_, record_property
):
    # What the examples of the document name.
    post = PostFactory(author=cast.walt, slug="the-ferry", tags=["Outdoors"])
    PageFactory(slug="about")
    CommentFactory(post=post, author=cast.rhea)
    DraftFactory(author=cast.walt)
    token = as_(getattr(cast, person)).tokens["access_token"] if person else None
    app = make_app(RATELIMIT_ENABLED=False)
    if token:
        stay_signed_in(app, getattr(cast, person), token)
    outcome = fuzz(app, token, examples=EXAMPLES, seed=SEED, phases=PHASES_HERE)
    record_property("cases", outcome.cases)
    sys.stdout.write(f"{database.kind}, {person or 'nobody'}: {outcome.cases} requests\n")
    sys.stdout.write(f"    {sorted(outcome.statuses.items())}\n")
    assert not outcome.failures, "\n\n".join(map("\n".join, outcome.failures.items()))
    assert outcome.cases >= 40
    # Some requests are sent without a token on purpose; the others have to reach what they try.
    assert person is None or outcome.statuses[401] < outcome.cases / 2
