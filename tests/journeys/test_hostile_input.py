"""Every address and every form of the site, given what no browser would send: a clear answer, never a 500."""

import re
from urllib.parse import urlencode

import pytest

from tests.factories import CommentFactory, PageFactory, PostFactory
from tests.support.visitors import document

#: What stands in a path, percent-encoded as it goes over the wire.
SEGMENTS = {
    "beyond-64-bits": "9" * 25,
    "negative": "-1",
    "zero": "0",
    "nul": "%00",
    "lone-surrogate": "%ED%A0%80",
    "not-utf-8": "%FF%FE",
    "climbing": "..%2F..%2Fetc%2Fpasswd",
    "long": "x" * 5_000,
    "markup": "%3Cscript%3Ealert(1)%3C%2Fscript%3E",
    "quote": "%27%20OR%201%3D1--",
    "newline": "a%0D%0ASet-Cookie:%20a=b",
    "invisible": "%E2%80%AE%E2%80%8B",
}
#: What stands in a query or in a field.
VALUES = {
    **{name: value for name, value in SEGMENTS.items() if "%" not in value},
    "nul": "a\x00b",
    "lone-surrogate": "a\ud800b",
    "markup": "<script>alert(1)</script>{{ 7 * 7 }}",
    "quote": "' OR 1=1; --",
    "date": "99999-13-45T99:99",
    "infinity": "1e999",
    "empty": "",
    "long": "ä" * 2_000,
}
#: What the drivers of the two databases treat differently; PostgreSQL, the stricter one, gets everything.
FOR_SQLITE = ("beyond-64-bits", "nul", "lone-surrogate", "infinity")
PARAMETERS = ("page", "q", "next", "token", "status", "since", "until", "actor", "action", "cursor", "role")


def addresses(app, segment):
    for rule in app.url_map.iter_rules():
        if rule.endpoint != "static" and not rule.rule.startswith("/_debug"):
            yield rule, re.sub(r"<[^>]+>", segment, rule.rule)


@pytest.mark.databases("postgresql")
@pytest.mark.parametrize("segment", SEGMENTS.values(), ids=SEGMENTS)
@pytest.mark.parametrize("person", [None, "ada"])
def test_every_address_answers_what_is_in_its_path(app, cast, client, sign_in, person, segment):
    check_every_address_answers_what_is_in_its_path(app, cast, client, sign_in, person, segment)


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("segment", [SEGMENTS[name] for name in FOR_SQLITE if name in SEGMENTS])
@pytest.mark.parametrize("person", [None, "ada"])
def test_every_address_answers_what_is_in_its_path_on_sqlite(app, cast, client, sign_in, person, segment):
    check_every_address_answers_what_is_in_its_path(app, cast, client, sign_in, person, segment)


def check_every_address_answers_what_is_in_its_path(app, cast, client, sign_in, person, segment):
    PostFactory(author=cast.walt)
    if person:
        sign_in(client, getattr(cast, person))
    for rule, path in addresses(app, segment):
        for method in rule.methods & {"GET", "POST"}:
            response = client.open(path, method=method)
            assert response.status_code < 500, (method, path)
            assert "Set-Cookie: a=b" not in str(response.headers)


@pytest.mark.databases("postgresql")
@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES)
def test_every_page_answers_what_is_in_its_query(app, cast, client, sign_in, value):
    check_every_page_answers_what_is_in_its_query(app, cast, client, sign_in, value)


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("value", [VALUES[name] for name in FOR_SQLITE if name in VALUES])
def test_every_page_answers_what_is_in_its_query_on_sqlite(app, cast, client, sign_in, value):
    check_every_page_answers_what_is_in_its_query(app, cast, client, sign_in, value)


def check_every_page_answers_what_is_in_its_query(app, cast, client, sign_in, value):
    PostFactory(author=cast.walt)
    sign_in(client, cast.ada)
    encoded = value.encode("utf-8", "surrogatepass")
    for rule, path in addresses(app, "1"):
        if "GET" in rule.methods:
            response = client.get(path, query_string=dict.fromkeys(PARAMETERS, encoded))
            assert response.status_code < 500, path


@pytest.mark.databases("postgresql")
@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES)
@pytest.mark.parametrize("person", [None, "ada"])
def test_every_form_answers_what_is_in_its_fields(app, cast, client, sign_in, person, value):
    check_every_form_answers_what_is_in_its_fields(app, cast, client, sign_in, person, value)


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("value", [VALUES[name] for name in FOR_SQLITE if name in VALUES])
@pytest.mark.parametrize("person", [None, "ada"])
def test_every_form_answers_what_is_in_its_fields_on_sqlite(app, cast, client, sign_in, person, value):
    check_every_form_answers_what_is_in_its_fields(app, cast, client, sign_in, person, value)


def check_every_form_answers_what_is_in_its_fields(app, cast, client, sign_in, person, value):
    post = PostFactory(author=cast.walt, title="Rivers")
    PageFactory(by=cast.edith, title="About", slug="about")
    CommentFactory(post=post, author=cast.rhea)
    encoded = value.encode("utf-8", "surrogatepass")
    sent = 0
    for rule, generic in addresses(app, "1"):
        if "GET" not in rule.methods:
            continue
        if person and client.get("/dashboard").status_code != 200:
            sign_in(client, getattr(cast, person))
        path = generic.replace("/post/1", "/post/rivers").replace("/page/1", "/page/about")
        answer = client.get(path)
        if answer.mimetype != "text/html" or answer.status_code != 200:
            continue
        for form in document(answer).forms:
            if form.method == "post" and "logout" not in form.action:
                names = form.fields.keys() - {"csrf_token"}
                response = client.post(
                    form.action or path,
                    # As bytes, since a text that holds a lone surrogate cannot be sent.
                    data=urlencode(
                        form.filled(dict.fromkeys(names, ""), None) | dict.fromkeys(names, encoded), True
                    ),
                    content_type="application/x-www-form-urlencoded",
                )
                assert response.status_code < 500, (path, form.action)
                sent += 1
    assert sent > (20 if person else 1)
