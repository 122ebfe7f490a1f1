"""One list of titles and queries, on SQLite and on PostgreSQL with several collations."""

import pytest
from sqlalchemy import cast, create_engine, literal, select, text
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.pool import NullPool

from masthead.search import postgresql
from masthead.search.documents import document
from masthead.search.wording import understood
from tests.factories import PostFactory
from tests.search.wordings import FOUND, NOT_FOUND


def titles(client, typed):
    answer = client.get("/api/v1/search", query_string={"q": typed, "per_page": 100}).get_json()
    assert "results" in answer, answer
    found = answer["results"]
    return {hit["slug"] for hit in found}


@pytest.mark.parametrize("place", ["title", "body"])
def test_everything_typed_exactly_is_found(make_app, new_client, cast, place):
    client = new_client(make_app(RATELIMIT_ENABLED=False))
    for number, (title, _) in enumerate(FOUND):
        words = (
            {"title": title, "body": "x"} if place == "title" else {"title": "x", "body": f"Zzz {title} zzz"}
        )
        PostFactory(author=cast.walt, slug=f"p{number}", **words)

    missed = [
        (title, typed)
        for number, (title, queries) in enumerate(FOUND)
        for typed in (title, *queries)
        if f"p{number}" not in titles(client, typed)
    ]
    numbers = {title: number for number, (title, _) in enumerate(FOUND)}
    wrong = [(title, typed) for title, typed in NOT_FOUND if f"p{numbers[title]}" in titles(client, typed)]

    assert (missed, wrong) == ([], [])


# The wheel's PostgreSQL is built without ICU.
@pytest.mark.databases("postgresql")
@pytest.mark.parametrize(
    "collation",
    [
        "LOCALE_PROVIDER libc LOCALE 'C'",
        "LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C'",
    ],
)
def test_no_collation_of_the_server_has_a_say(database, collation):
    name = "masthead_test_collation"
    server = create_engine(database.url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' {collation}"))
    engine = create_engine(server.url.set(database=name), poolclass=NullPool)
    try:
        with engine.connect() as connection:
            missed = [
                (title, typed)
                for title, queries in FOUND
                for typed in (title, *queries)
                if not connection.scalar(matches(title, typed))
            ]
            wrong = [pair for pair in NOT_FOUND if connection.scalar(matches(*pair))]
    finally:
        with server.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    assert (missed, wrong) == ([], [])


def matches(title, typed):
    entry = postgresql.vector(document(title=title, summary="", body=""))
    query = cast(literal(postgresql.query_of(understood(typed))), TSQUERY)
    return select(entry.bool_op("@@")(query))


def test_a_text_without_spaces_is_searched_as_far_as_there_is_room(client, cast):
    PostFactory(
        author=cast.walt,
        slug="long",
        body="".join(chr(0x4E00 + n * 7 % 20_000) for n in range(190_000)) + " behind",
    )

    assert titles(client, "一万") == {"long"}
    assert titles(client, "behind") == set()


def test_a_long_run_is_no_long_word(client, cast):
    PostFactory(author=cast.walt, slug="long", body="我们今天去北京大学参观" * 20 + "尾巴")

    assert titles(client, "尾巴") == {"long"}
