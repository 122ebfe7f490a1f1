"""Work is bounded: hostile JSON, forms and parts of at most a megabyte, at doors for anybody and for people signed in.

For each shape its seconds, memory and bytes answered are printed at the end of the run. Machines differ, so the calls
that the interpreter makes are bounded more narrowly than time. Threats 52 and 53 of the research (security.md): bodies that
cost their receiver more than their sender.
"""

import sys
import tracemalloc
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from werkzeug.test import TestResponse

from masthead.web.limits import throttling
from tests.factories import PostFactory
from tests.support.pace import measure_work
from tests.support.people import PASSWORD

pytestmark = pytest.mark.databases("sqlite")

MEGABYTE = 1_000_000
#: What a request costs at most, whatever is in its body. A page of ours takes some 20,000 calls; in an article, each
#: character that is percent-encoded takes two more.
MOST_CALLS = 100_000
MOST_CALLS_FOR_AN_ARTICLE = 900_000
MOST_MEMORY = 100 * MEGABYTE
MOST_UNITS = 200
MOST_ANSWERED = 32_000
#: An article comes back in the form when something else is wrong with it.
MOST_SHOWN_AGAIN = 8 * MEGABYTE
BOUNDARY = "edge"


def filled(unit: bytes, *, before: bytes = b"", after: bytes = b"") -> bytes:
    """A megabyte of the same."""
    return before + unit * ((MEGABYTE - len(before) - len(after)) // len(unit)) + after


def numbered(pattern: str, *, before: str = "", after: str = "", count: int = 60_000) -> bytes:
    """Many things that differ."""
    return (before + "".join(pattern % number for number in range(count)) + after).encode()[:MEGABYTE]


JSON = {
    "unknown keys": numbered('"k%d":1,', before="{", after='"z":1}'),
    "short unknown keys": numbered('"%x":0,', before="{", after='"z":1}', count=90_000),
    "one key, often": filled(b'"email":"a",', before=b"{", after=b'"email":"a"}'),
    "keys of right names and wrong types": filled(b'"title":[],"body":{},', before=b"{", after=b'"a":1}'),
    "a list": filled(b"1,", before=b"[", after=b"1]"),
    "a list of nulls": filled(b"null,", before=b"[", after=b"null]"),
    "a list of truths": filled(b"true,", before=b"[", after=b"true]"),
    "a list of lists": filled(b"[],", before=b"[", after=b"[]]"),
    "a list of objects": filled(b"{},", before=b"[", after=b"{}]"),
    "a list of texts": filled(b'"",', before=b"[", after=b'""]'),
    "nested lists": b"[" * 500_000 + b"]" * 500_000,
    "nested lists, not closed": b"[" * MEGABYTE,
    "nested lists, not opened": b"]" * MEGABYTE,
    "nested objects": b'{"a":' * 150_000 + b"1" + b"}" * 150_000,
    "nested objects, not closed": b'{"a":' * 200_000,
    "nested, of both kinds": b'[{"a":' * 100_000 + b"1" + b"}]" * 100_000,
    "nested 1,000 deep": b"[" * 1_000 + b"]" * 1_000,
    "nested 17 deep": b"[" * 17 + b"]" * 17,
    "many tags": filled(b'"t",', before=b'{"title":"a","body":"b","tags":[', after=b'"t"]}'),
    "many wrong tags": filled(b"1,", before=b'{"title":"a","body":"b","tags":[', after=b"1]}"),
    "an endless key": b'{"' + b"k" * 999_000 + b'":1}',
    "an endless key of quotes": b'{"' + b'\\"' * 400_000 + b'":1}',
    "an endless text": b'{"email":"' + b"a" * 999_000 + b'","password":"b"}',
    "an endless title": b'{"title":"' + b"a" * 900_000 + b'","body":"b"}',
    "an endless body of escapes": b'{"title":"a","body":"' + b"\\u00e9" * 150_000 + b'"}',
    "a text of lone surrogates": b'{"title":"a","body":"' + b"\\ud800" * 150_000 + b'"}',
    "a text of NUL": b'{"title":"a","body":"' + b"\\u0000" * 150_000 + b'"}',
    "a text without an end": b'{"email":"' + b"a" * 990_000,
    "quotes": b'"' * MEGABYTE,
    "escaped quotes": b'"' + b'\\"' * 499_000,
    "backslashes": b'"' + b"\\" * 999_000,
    "backslashes alone": b"\\" * MEGABYTE,
    "commas": b"," * MEGABYTE,
    "colons": b":" * MEGABYTE,
    "braces": b"{}" * 500_000,
    "white space": b" " * MEGABYTE,
    "lines": b"\n" * 999_000 + b"{}",
    "digits": b"9" * MEGABYTE,
    "digits of a fraction": b"0." + b"1" * 999_000,
    "an exponent": b"1e" + b"9" * 999_000,
    "a number as a title": b'{"title":' + b"9" * 990_000 + b',"body":"b"}',
    "a number of 4,000 digits": b'{"title":' + b"9" * 4_000 + b',"body":"b"}',
    "NaN": filled(b"NaN,", before=b"[", after=b"NaN]"),
    "no UTF-8": b"\xff" * MEGABYTE,
    "UTF-16": ('{"a":"' + "b" * 400_000 + '"}').encode("utf-16"),
    "byte order marks": b"\xef\xbb\xbf" * 300_000,
    "NUL": b"\0" * MEGABYTE,
    "a comment": b"/*" + b"*" * 990_000 + b"*/{}",
    "constructors": filled(b'"__proto__":{"constructor":{}},', before=b"{", after=b'"a":1}'),
}

FORMS = {
    "fields": numbered("f%d=1&", count=90_000),
    "nameless fields": filled(b"&"),
    "equals signs": filled(b"="),
    "empty fields": filled(b"=&"),
    "one field, often": filled(b"email=a&"),
    "one wanted field, often": filled(b"title=a&body=b&"),
    "an endless name": b"n" * 990_000 + b"=1",
    "an endless value": b"email=" + b"v" * 990_000,
    "an endless title": b"title=" + b"v" * 900_000 + b"&body=b",
    "escapes": b"email=" + b"%41" * 330_000,
    "escapes of NUL": b"email=" + b"%00" * 330_000,
    "escapes that are no UTF-8": b"email=" + b"%ff" * 330_000,
    "halves of escapes": b"email=" + b"%" * 990_000,
    "pluses": b"email=" + b"+" * 990_000,
    "semicolons": filled(b"a=1;"),
    "brackets": filled(b"a[b][c]=1&"),
    "nested brackets": b"a" + b"[b]" * 300_000 + b"=1",
    "a token without an end": b"csrf_token=" + b"a." * 490_000,
    "a token of dots": b"csrf_token=" + b"." * 990_000,
    "an endless address": b"next=/" + b"a/" * 490_000,
    "499 fields": numbered("f%d=1&", count=499),
    "501 fields": numbered("f%d=1&", count=501),
    "choices": filled(b"permissions=users.manage&"),
    "a raw NUL": b"email=" + b"\0" * 990_000,
    "no form at all": b"\xff" * MEGABYTE,
    "an article of stars": b"title=a&body=" + b"*" * 200_000,
}

EDGE = b"--edge\r\n"
END = b"--edge--\r\n"
NAMED = b'Content-Disposition: form-data; name="title"\r\n'

PARTS = {
    "parts": filled(EDGE + NAMED + b"\r\na\r\n", after=END),
    "empty parts": filled(EDGE, after=END),
    "parts without a name": filled(EDGE + b"\r\n\r\n", after=END),
    "files": filled(EDGE + b'Content-Disposition: form-data; name="f"; filename="f"\r\n\r\na\r\n', after=END),
    "an endless file": EDGE
    + b'Content-Disposition: form-data; name="f"; filename="f"\r\n\r\n'
    + b"a" * 900_000
    + END,
    "an endless header": EDGE + b"X: " + b"a" * 900_000 + b"\r\n\r\na\r\n" + END,
    "an endless header of lines": EDGE + filled(b"X: a\r\n")[:900_000] + b"\r\na\r\n" + END,
    "headers without an end": EDGE + b"X: a\r\n" * 150_000,
    "an endless name of a header": EDGE + b"X" * 900_000 + b": a\r\n\r\na\r\n" + END,
    "an endless name of a field": EDGE
    + b'Content-Disposition: form-data; name="'
    + b"n" * 900_000
    + b'"\r\n\r\na\r\n'
    + END,
    "many parameters": EDGE + b"Content-Disposition: form-data" + b"; a=b" * 180_000 + b"\r\n\r\na\r\n" + END,
    "parameters in pieces": EDGE
    + b"Content-Disposition: form-data"
    + b"; name*0*=utf-8''a" * 50_000
    + b"\r\n\r\na\r\n"
    + END,
    "quotes in a header": EDGE
    + b'Content-Disposition: form-data; name="'
    + b'\\"' * 400_000
    + b"\r\n\r\n"
    + END,
    "an endless text before": b"a" * 990_000 + b"\r\n" + EDGE + NAMED + b"\r\na\r\n" + END,
    "an endless text behind": EDGE + NAMED + b"\r\na\r\n" + END + b"a" * 990_000,
    "no edge": b"a" * MEGABYTE,
    "carriage returns": EDGE + NAMED + b"\r\n" + b"\r" * 900_000 + END,
    "line feeds": EDGE + NAMED + b"\r\n" + b"\n" * 900_000 + END,
    "line ends": EDGE + NAMED + b"\r\n" + b"\r\n" * 450_000 + END,
    "almost edges": EDGE + NAMED + b"\r\n" + b"\r\n--edg" * 120_000 + b"\r\n" + END,
    "edges without lines": EDGE + NAMED + b"\r\n" + b"--edge" * 150_000 + b"\r\n" + END,
    "folded lines": EDGE + b"X: a\r\n" + b" a\r\n" * 200_000 + b"\r\na\r\n" + END,
    "an unknown encoding": EDGE
    + NAMED
    + b"Content-Transfer-Encoding: base64\r\n\r\n"
    + b"QQ==" * 220_000
    + END,
    "a charset of its own": EDGE
    + NAMED
    + b"Content-Type: text/plain; charset=utf-7\r\n\r\n"
    + b"+AGE-" * 180_000
    + END,
    "parts in parts": EDGE
    + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
    + b"--b\r\n\r\na\r\n" * 80_000
    + END,
    "NUL": EDGE + b"\0" * 900_000 + END,
    "a part without an end": EDGE + NAMED + b"\r\n" + b"a" * 900_000,
}


@dataclass(frozen=True, slots=True)
class Door:
    """Where hostile bodies are sent."""

    method: str
    path: str
    is_open: bool
    #: Whether what was typed comes back.
    shows_again: bool = False


OPERATIONS = (
    Door("POST", "/api/v1/auth/login", is_open=True),
    Door("POST", "/api/v1/auth/register", is_open=True),
    Door("POST", "/api/v1/posts", is_open=False, shows_again=True),
    Door("PATCH", "/api/v1/settings", is_open=False),
)
PAGES = (
    Door("POST", "/auth/login", is_open=True),
    Door("POST", "/auth/register", is_open=True),
    Door("POST", "/blog/create", is_open=False, shows_again=True),
    Door("POST", "/admin/roles/create", is_open=False),
)


def shapes() -> Iterator[tuple[str, bytes, str, tuple[Door, ...]]]:
    for name, body in JSON.items():
        yield f"JSON: {name}", body, "application/json", OPERATIONS
    for name, body in FORMS.items():
        yield f"form: {name}", body, "application/x-www-form-urlencoded", PAGES
    for name, body in PARTS.items():
        yield f"parts: {name}", body, f"multipart/form-data; boundary={BOUNDARY}", PAGES


def test_there_are_a_hundred_shapes_and_none_is_larger_than_a_megabyte():
    found = list(shapes())
    assert len(found) >= 100
    assert max(len(body) for _, body, _, _ in found) <= MEGABYTE + 100


@pytest.fixture
def app_without_limits(make_app):
    return make_app(RATELIMIT_ENABLED=False)


@pytest.mark.parametrize("kind", ["JSON", "form", "parts"])
def test_no_shape_costs_more_than_a_page(app_without_limits, cast, new_client, sign_in, record_cost, kind):
    visitor = new_client(app_without_limits)
    ada = sign_in(new_client(app_without_limits), cast.ada)
    answer = visitor.post("/api/v1/auth/login", json={"email": "ada@example.org", "password": PASSWORD})
    bearer = {"Authorization": f"Bearer {answer.json['access_token']}"}
    costly = []
    for name, body, content_type, doors in shapes():
        worst = []
        for door in doors if name.startswith(kind) else ():
            client = visitor if door.is_open else ada
            headers = bearer if kind == "JSON" and not door.is_open else {}
            cost = measured(client, door, body, content_type, headers)
            worst.append(cost)
            allowed = MOST_SHOWN_AGAIN if door.shows_again else MOST_ANSWERED
            calls = MOST_CALLS_FOR_AN_ARTICLE if door.shows_again else MOST_CALLS
            is_costly = cost.calls > calls or cost.memory > MOST_MEMORY or cost.answered > allowed
            if is_costly or cost.units > MOST_UNITS or cost.status >= 500:
                costly.append((name, door.path, str(cost)))
        if worst:
            record_cost(
                name,
                len(body),
                max(cost.seconds for cost in worst),
                max(cost.memory for cost in worst) / MEGABYTE,
                max(cost.answered for cost in worst),
            )
    assert costly == []


@dataclass(frozen=True, slots=True)
class Cost:
    """What an answer took."""

    status: int
    seconds: float
    units: float
    memory: int
    calls: int
    answered: int

    def __str__(self) -> str:
        return (
            f"{self.status} {self.seconds:6.2f} s {self.memory / MEGABYTE:6.1f} MB "
            f"{self.calls:7,} calls {self.answered:9,} bytes answered"
        )


def measured(client, door, body, content_type, headers) -> Cost:
    """Send a body, and count what that takes."""
    calls = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    def send() -> TestResponse:
        return client.open(
            door.path, method=door.method, data=body, content_type=content_type, headers=headers
        )

    # Counting makes the interpreter several times as slow.
    with measure_work() as work:
        send()
    tracemalloc.start()
    sys.setprofile(count)
    try:
        answer = send()
    finally:
        sys.setprofile(None)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    return Cost(answer.status_code, work.seconds, work.units, peak, calls, len(answer.data))


@pytest.mark.parametrize(
    ("path", "content_type", "body"),
    [
        ("/api/v1/auth/login", "application/json", JSON["unknown keys"]),
        ("/api/v1/auth/login", "application/json", b"[" * 400),
        ("/api/v1/auth/login", "application/json", b'{"%s":1}' % (b"k" * 200)),
        ("/api/v1/auth/login", "application/json", b"{"),
        ("/auth/login", "application/x-www-form-urlencoded", FORMS["501 fields"]),
        ("/auth/login", "multipart/form-data; boundary=edge", PARTS["empty parts"]),
        ("/auth/login", "multipart/form-data; boundary=edge", PARTS["NUL"][:60_000]),
        ("/auth/login", "multipart/form-data; boundary=edge", PARTS["an endless file"][:60_000] + END),
    ],
)
def test_a_refused_body_counts_as_a_failed_sign_in(make_app, cast, new_client, path, content_type, body):
    client = new_client(make_app(RATELIMIT_SIGN_IN="3 per hour"))
    for _ in range(3):
        assert client.post(path, data=body, content_type=content_type).status_code in {400, 413, 415, 422}
    assert client.post(path, data=body, content_type=content_type).status_code == 429
    right = {"email": "walt@example.org", "password": PASSWORD}
    assert client.post("/api/v1/auth/login", json=right).status_code == 429


def test_an_invented_token_does_not_keep_a_refused_form_from_being_counted(make_app, cast, new_client):
    client = new_client(make_app(RATELIMIT_SIGN_IN="3 per hour"))
    form = {"data": FORMS["501 fields"], "content_type": "application/x-www-form-urlencoded"}
    for number in range(3):
        headers = {"Authorization": f"Bearer invented{number}"}
        assert client.post("/auth/login", headers=headers, **form).status_code == 413
    assert client.post("/auth/login", **form).status_code == 429


def test_an_address_that_is_too_long_is_refused(client):
    assert client.get("/?" + "a&" * 5_000).status_code == 414
    assert client.get("/" + "a" * 9_000).status_code == 414
    assert client.get("/search?q=" + "a" * 2_000).status_code == 200


#: A chapter of a book: a heading, talk in short lines, emphasis, a link, a list, and paragraphs as long as they are.
CHAPTER = (
    "## Chapter {n}\n\n"
    + "“Is it far?” she asked.\n\n“It is *never* far,” said the ferryman -- and it was not!\n\n" * 6
    + "Nothing but words stands in this sentence, which is as long as sentences in books are; and so is this. "
    * 20
    + "\n\nSee [the chapter before](#chapter-{n}) for **more**.\n\n- bread\n- salt\n- a lamp\n\n"
)


def test_an_article_of_megabytes_is_still_taken(client, cast, sign_in):
    sign_in(client, cast.walt)
    body = "".join(CHAPTER.replace("{n}", str(number)) for number in range(850))
    assert len(body) > 2_000_000
    answer = client.fill_in("/blog/create", title="Harvest", body=body, button="publish")
    assert answer.status_code == 303
    assert "never" in client.get("/blog/post/harvest").text


def test_the_longest_comment_is_still_taken(client, cast, sign_in):
    post = PostFactory(author=cast.walt)
    sign_in(client, cast.rhea)
    answer = client.fill_in(f"/blog/post/{post.slug}", body="😀" * 10_000, parent_id="")
    assert answer.status_code == 303


def test_longest_values_of_each_operation_fit_into_its_limit(app):
    """The limit of an operation follows from its shape: login takes kilobytes, an article megabytes."""
    from masthead.login.schemas import Credentials, Registration
    from masthead.posts.api.schemas import PostInput
    from masthead.web.api.sizes import bytes_for
    from masthead.web.middleware.body_limits import ANONYMOUS_BYTES, ARTICLE_BYTES

    assert bytes_for(None) <= 8_000
    assert bytes_for(Credentials) <= ANONYMOUS_BYTES
    assert bytes_for(Registration) <= ANONYMOUS_BYTES
    assert bytes_for(PostInput) == ARTICLE_BYTES
    assert throttling.EXTENSION in app.extensions
