"""No anonymous address tells of anything that is not public, whatever is asked of it.

The publication of `tests.support.secrets_of_the_desk` marks all that is hidden. No answer may hold a mark that was not in
the question, and an address that names something hidden answers as one that names nothing (security.md rows 20, 24 and 44).
"""

import itertools
import re

import pytest

from tests.support.secrets_of_the_desk import SIGN, hide

#: Of the developers, and what is for everybody or answers bytes.
BESIDE = ("/_debug", "/static", "/api/v1/docs/try/")
FILTERS = [
    *(
        f"status={state}"
        for state in ("draft", "in_review", "scheduled", "trashed", "pending", "spam", "all")
    ),
    *(f"state={state}" for state in ("draft", "in_review", "scheduled", "trashed", "queued")),
    *(f"sort={order}" for order in ("title", "-views", "updated_at", "-updated_at", "created_at", "id")),
    "fields=title,slug,tags",
    "fields=body,html,email",
    "per_page=100",
    "per_page=100&page=2",
    "published_after=1971-01-01T00:00:00Z&per_page=100",
    "published_before=8999-01-01T00:00:00Z&per_page=100",
    "cursor=WyIyMDkwLTAxLTAxVDAwOjAwOjAwKzAwOjAwIiwgOTk5OTld",
    "drafts=1&preview=1&include=drafts&all=true",
    "q=mail&per_page=100",
    "q=example.org",
    "q=%25",
    "q=_",
    "q=*",
    "q=a",
    "q=-a",
    "q=tag:Farming",
    "q=Farming",
    "author=walt&per_page=100",
    "tag=farming&per_page=100",
    # Nearly the words of what is hidden: none is proposed.
    *(
        f"q={SIGN}{near}"
        for near in (
            "titledraf",
            "bodylate",
            "headingtrassh",
            "summaryreveiw",
            "guestnamedraf",
            "oldbod",
            "reviewnot",
        )
    ),
]
#: Pages that say the same to everybody, whatever is asked.
QUIET = {"/api/v1/openapi.json", "/api/v1/docs", "/api/v1/docs/try", "/metrics", "/theme.css"}
#: Filters that name something.
NAMING = ["q={}", "q=%22{}%22", "q=tag:{}", "q=author:{}", "tag={}", "author={}", "username={}", "q={}*"]


#: The lists that are asked by name.
LISTS = ("/search", *(f"/api/v1/{name}" for name in ("search", "posts", "tags", "users", "pages")))


@pytest.fixture
def secrets(cast):
    return hide(cast)


@pytest.fixture
def stranger(make_app, secrets, new_client):
    return new_client(make_app(RATELIMIT_ENABLED=False))


def rules(app, method):
    return [
        rule
        for rule in app.url_map.iter_rules()
        if method in rule.methods and not rule.rule.startswith(BESIDE)
    ]


def addresses(rule, names, ids):
    """Every way to fill in the rule with these names, and with these ids of each kind."""
    choices = []
    for kind, options, name in re.findall(r"<(?:(\w+)(?:\(([^)]*)\))?:)?(\w+)>", rule.rule):
        if kind == "any":
            choices.append([option.strip(" '") for option in options.split(",")])
        else:
            choices.append([str(number) for number in ids.get(name, (1,))] if kind == "int" else names)
    empty = re.sub(r"<[^>]*>", "{}", rule.rule)
    return [empty.format(*filled) for filled in itertools.product(*choices)]


def marks(response, asked):
    """The marks in an answer that are not in the question."""
    told, asked = f"{response.headers}\n{response.get_data(as_text=True)}".casefold(), asked.casefold()
    return {mark for mark in re.findall(rf"{SIGN}\w+|[\w-]+@example\.org", told) if mark not in asked}


def answer(stranger, path, *names, method="GET"):
    """The answer, but for what is new in each and for the names that were asked for."""
    response = stranger.open(path, method=method)
    text = re.sub(r'name="csrf_token"[^>]*value="[^"]*"', "", response.get_data(as_text=True))
    text = text.replace(response.headers["X-Request-ID"], "")
    location = response.headers.get("Location", "")
    for name in (path, *names):
        text, location = text.replace(name, "…"), location.replace(name, "…")
    return response.status_code, location, text


def invented(name):
    return "y" * len(name)


@pytest.mark.databases("sqlite")
def test_no_answer_holds_a_mark_of_what_is_hidden(app, stranger, secrets):
    told = {}
    names = ["harvest", "walt", "farming", "x" * 43]
    ids = {"user_id": range(1, 32), "comment_id": range(1, 16), "year": (2026,), "month": (2, 3, 12)}
    for rule in rules(app, "GET"):
        queries = ["", *(f"?{query}" for query in FILTERS)] if rule.rule not in QUIET else [""]
        for path in addresses(rule, names, ids):
            for query in queries if not rule.arguments or "walt" in path or "farming" in path else [""]:
                if found := marks(stranger.get(path + query), path + query):
                    told[path + query] = found
    assert told == {}


def test_what_is_hidden_answers_as_what_does_not_exist(app, stranger, secrets):
    unequal = {}
    for method in ("GET", "POST", "DELETE"):
        for rule in rules(app, method):
            known = secrets.names if method == "GET" else secrets.names[:1]
            pairs = [(name, invented(name)) for name in known] if names_something(rule) else []
            for hidden, nothing in pairs:
                there, nowhere = (addresses(rule, [name], {}) for name in (hidden, nothing))
                unequal |= differences(stranger, method, there, nowhere, hidden, nothing)
            for kind in secrets.ids.keys() & rule.arguments:
                there = addresses(rule, ["harvest"], secrets.ids)
                nowhere = addresses(rule, ["harvest"], {kind: [987654321] * len(secrets.ids[kind])})
                unequal |= differences(stranger, method, there, nowhere)
    assert unequal == {}


def names_something(rule):
    """Whether a name of something stands in the address."""
    return bool({"slug", "username", "name", "path"} & rule.arguments)


def differences(stranger, method, there, nowhere, *names):
    found = {}
    for path, other in zip(there, nowhere, strict=True):
        first, second = (answer(stranger, asked, *names, method=method) for asked in (path, other))
        if first != second:
            found[f"{method} {path}"] = (first[:2], second[:2])
    return found


@pytest.mark.databases("sqlite")
def test_old_addresses_of_what_is_hidden_lead_nowhere(stranger, secrets):
    assert len(secrets.paths) > 15
    for path in sorted(secrets.paths):
        nothing = path.replace(SIGN, invented(SIGN))
        for method in ("GET", "HEAD"):
            hidden = answer(stranger, path, path, nothing, method=method)
            assert hidden == answer(stranger, nothing, path, nothing, method=method), path
            assert hidden[0] == 404


@pytest.mark.databases("sqlite")
def test_a_filter_that_names_what_is_hidden_finds_as_little_as_one_that_names_nothing(stranger, secrets):
    unequal = []
    for path, form, name in itertools.product(LISTS, NAMING, secrets.names):
        asked = [f"{path}?{form.format(word)}" for word in (name, invented(name))]
        if answer(stranger, asked[0], name, invented(name)) != answer(
            stranger, asked[1], name, invented(name)
        ):
            unequal.append(asked[0])
    assert unequal == []


def test_those_who_may_see_it_do(secrets, sign_in, cast):
    edith = sign_in(cast.edith)
    assert f"{SIGN}titledraft" in edith.get("/admin/posts").text
    assert f"{SIGN}tagdraft" in edith.get("/admin/tags").text
    assert f"{SIGN}page" in edith.get("/admin/pages").text
    for path in (f"/blog/tag/{SIGN}tagdraft", f"/blog/tag/{SIGN}unused", f"/blog/author/{SIGN}guestdraft"):
        assert edith.get(path).status_code == 200, path
    assert sign_in(cast.rhea).get(f"/blog/tag/{SIGN}tagdraft").status_code == 404
