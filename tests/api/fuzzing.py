"""Schemathesis on a running application: every phase and every check."""

import itertools
import re
import threading
import zlib
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import jwt
import schemathesis
from flask import Flask
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema
from sqlalchemy import select
from werkzeug.serving import WSGIRequestHandler, make_server

from masthead import clock
from masthead.api_tokens.models import RefreshFamily
from masthead.db import own_transaction
from masthead.people.models import User
from masthead.web.api import idempotency

DOCUMENT = "/api/v1/openapi.json"
# Parts of a file are plain bytes.
schemathesis.serializer.alias("application/offset+octet-stream", "application/octet-stream")
PHASES = ("examples", "coverage", "fuzzing", "stateful")
#: What a request that follows its schema may be answered beside 2xx. 412: no schema says which state is the present
#: one. 409 and 404 likewise. 422 is in none of them but where `CONTENT_RULES` says so.
ACCEPTED = ["2xx", "3xx", "401", "403", "404", "409", "412"]
#: Operations with rules for the content that JSON Schema has no words for.
CONTENT_RULES = {
    "POST /api/v1/auth/register": "names that are taken or reserved, weak passwords, addresses that cannot exist",
    "GET /api/v1/posts": "a cursor is one that we have written",
    "GET /api/v1/audit": "the same",
    "PATCH /api/v1/settings": "the addresses of links",
    "POST /api/v1/posts": "addresses that are taken, moments without a status",
    "PUT /api/v1/posts/{slug}": "the same",
    "POST /api/v1/posts/bulk": "tags or an author, by action; user names",
    "PATCH /api/v1/posts/{slug}": "the same",
    "PATCH /api/v1/posts/{slug}/revisions/{number}": "characters of a name",
    "PUT /api/v1/posts/{slug}/working-copy": "the length of all tags together",
    "POST /api/v1/pages": "addresses that are taken",
    "PATCH /api/v1/pages/{slug}": "the same",
    "POST /api/v1/roles": "titles that are taken",
    "PATCH /api/v1/roles/{name}": "the same",
    "PATCH /api/v1/users/{user_id}": "a role exists",
    "POST /api/v1/users/invitations": "the same, and an address that can exist",
    "DELETE /api/v1/roles/{name}": "the same",
    "POST /api/v1/users": "names that are taken or reserved, weak passwords",
    "DELETE /api/v1/users/{user_id}": "an heir who exists",
    "PATCH /api/v1/auth/me": "names that are taken, zones that exist",
    "POST /api/v1/tokens": "scopes that one's role allows",
    "POST /api/v1/media": "files of an accepted kind",
    "PUT /api/v1/media/{media_id}/file": "the same",
    "PATCH /api/v1/media/{media_id}": "an alternative text or none",
    "PUT /api/v1/media/{media_id}/edit": "a part inside the picture",
    "POST /api/v1/media/uploads": "files that are not too large",
    "PATCH /api/v1/media/uploads/{upload_id}": "parts of one length",
    "POST /api/v1/redirects": "paths that are free, and addresses elsewhere",
    "POST /api/v1/templates": "names that are free and visible, tags without commas",
    "PATCH /api/v1/templates/{template_id}": "the same",
    "POST /api/v1/snippets": "names that are free and visible, a text that is not blank",
    "PATCH /api/v1/snippets/{snippet_id}": "the same",
    "POST /api/v1/tags/{slug}/merge": "another tag, which exists",
    "POST /api/v1/posts/{slug}/comments": "a comment that is answered stands below the same post",
}
_numbers = itertools.count()


@dataclass
class Outcome:
    """What a run has found."""

    cases: int = 0
    #: Each failure once, in words that lead to it.
    failures: dict[str, str] = field(default_factory=dict)
    phases: set[str] = field(default_factory=set)
    #: How often each status was answered.
    statuses: Counter[int] = field(default_factory=Counter)


class _Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 (werkzeug's name)
        pass


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The address of a server for the application in a thread of this process."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def fuzz(
    app: Flask, token: str | None, *, examples: int, seed: int, phases: Collection[str] = PHASES
) -> Outcome:
    """Let schemathesis call every operation with ``token``, ``examples`` times in each phase that draws lots."""
    outcome = Outcome()
    with served(app) as url:
        config = SchemathesisConfig.from_dict(_settings(url, token, examples, seed, phases))
        schema = schemathesis.openapi.from_url(url + DOCUMENT, config=config)
        for event in from_schema(schema).execute():
            _note(event, outcome)
    return outcome


def stay_signed_in(app: Flask, user: User, token: str) -> None:
    """Undo before each request what ends the sign-in of whoever tries everything: signing out everywhere, for one.

    Without it, all requests after the first of these would be answered 401, and try nothing.
    """
    family = jwt.decode(token, options={"verify_signature": False})["fam"]

    def sign_in_again() -> None:
        now = clock.now()
        with own_transaction() as session:
            if session.scalar(select(RefreshFamily.id).where(RefreshFamily.name == family)) is None:
                ends = now + timedelta(days=1)
                session.add(RefreshFamily(name=family, user_id=user.id, created_at=now, expires_at=ends))

    app.before_request_funcs.setdefault(None, []).insert(0, sign_in_again)


@schemathesis.hook
def before_call(context: object, case: schemathesis.Case, kwargs: dict[str, Any]) -> None:
    """Let every second change reach the action: nobody guesses an ETag, and a key is used once."""
    if (
        case.headers
        and "If-Match" in case.headers
        and zlib.crc32(repr((case.path_parameters, case.body)).encode()) % 2
    ):
        case.headers["If-Match"] = "*"
    key = (case.headers or {}).get("Idempotency-Key")
    if isinstance(key, str) and re.fullmatch(idempotency.PATTERN, key):
        # Another request each time: with the same key it would rightly be refused.
        case.headers["Idempotency-Key"] = f"{key[:200]}{next(_numbers)}"


def _settings(
    url: str, token: str | None, examples: int, seed: int, phases: Collection[str]
) -> dict[str, Any]:
    return {
        "base-url": url,
        "continue-on-failure": True,
        "generation": {
            "max-examples": examples,
            "no-shrink": True,
            "deterministic": True,
            "database": "none",
        },
        "suppress-health-check": ["all"],
        "seed": seed,
        "auth": {"openapi": {"access": {"bearer": token}}} if token else {},
        "phases": {name: {"enabled": name in phases} for name in PHASES},
        "checks": {
            "positive_data_acceptance": {"expected-statuses": ACCEPTED},
            # RFC 6585, section 3: what is missing is the precondition.
            "missing_required_header": {"expected-statuses": ["401", "403", "428"]},
        },
        "operations": [
            {
                "include-name": name,
                "checks": {"positive_data_acceptance": {"expected-statuses": [*ACCEPTED, "422"]}},
            }
            for name in CONTENT_RULES
        ],
    }


def _note(event: events.EngineEvent, outcome: Outcome) -> None:
    if isinstance(event, events.ScenarioFinished):
        outcome.cases += len(event.recorder.interactions)
        answers = (interaction.response for interaction in event.recorder.interactions.values())
        outcome.statuses.update(answer.status_code for answer in answers if answer is not None)
        outcome.phases.add(event.phase.value)
        for case, checks in event.recorder.checks.items():
            for check in checks:
                if check.failure_info is not None:
                    failure = check.failure_info
                    title = f"{event.recorder.label}: {check.name}: {failure.failure.message[:300]}"
                    response = event.recorder.interactions[case].response
                    answered = f"{response.status_code} {response.text[:500]}" if response else ""
                    outcome.failures.setdefault(title, f"{failure.code_sample[:700]}\n{answered}")
    elif isinstance(event, events.NonFatalError):
        outcome.failures.setdefault(f"{event.label}: {event.value!r}", str(event.info))
    elif isinstance(event, events.FatalError):
        raise event.exception
