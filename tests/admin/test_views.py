from datetime import timedelta

import pytest

from masthead import clock
from masthead.comments.models import CommentStatus
from masthead.posts.lifecycle import Status
from tests.factories import BylineFactory, CommentFactory, DraftFactory, PostFactory


def figures(page):
    labels = page.texts("//dl[contains(@class, 'figures')]//dt")
    return dict(zip(labels, page.texts("//dl[contains(@class, 'figures')]//dd"), strict=True))


def test_overview_counts_what_waits_and_links_to_it(sign_in, cast):
    post = PostFactory(author=cast.walt)
    for status in (Status.IN_REVIEW, Status.IN_REVIEW, Status.DRAFT):
        DraftFactory(author=cast.walt, status=status)
    PostFactory(author=cast.walt, published_at=clock.now() + timedelta(days=2))
    CommentFactory(post=post, author=cast.rhea, status=CommentStatus.PENDING)
    CommentFactory(post=post, author=cast.rhea)
    BylineFactory()
    ada = sign_in(cast.ada)
    page = ada.read("/admin/")
    shown = figures(page)
    assert shown["In review"] == "2"
    assert shown["Scheduled"] == "1"
    assert shown["Drafts"] == "1"
    assert shown["Published"] == "1"
    # The cast; a byline is no account.
    assert shown["Accounts"] == "6"
    for address in page.all("//dl[contains(@class, 'figures')]//a/@href"):
        assert ada.get(address).status_code == 200


@pytest.mark.parametrize(
    ("name", "sees", "lacks"),
    [
        ("ada", {"/admin/users", "/admin/settings", "/admin/pages", "/admin/posts"}, set()),
        ("edith", {"/admin/pages", "/admin/posts"}, {"/admin/users", "/admin/settings"}),
        ("mona", set(), {"/admin/users", "/admin/settings", "/admin/pages", "/admin/posts"}),
    ],
)
def test_overview_leads_only_to_what_the_person_may_do(sign_in, cast, name, sees, lacks):
    links = set(sign_in(getattr(cast, name)).read("/admin/").links)
    assert sees <= links
    assert not lacks & links


@pytest.mark.parametrize("name", ["rhea", "colin", "walt"])
def test_overview_is_closed_to_those_without_a_right_there(sign_in, cast, name):
    response = sign_in(getattr(cast, name)).get("/admin/")
    assert response.status_code == 403
    assert "/admin/" not in sign_in(getattr(cast, name)).read("/dashboard").links


def test_overview_asks_strangers_to_sign_in(client):
    assert client.get("/admin/").location == "/auth/login?next=/admin/"


@pytest.mark.parametrize("rows", [3, 30])
def test_overview_costs_the_same_with_more_rows(sign_in, cast, queries, rows):
    for post in PostFactory.create_batch(rows, author=cast.walt):
        CommentFactory(post=post, author=cast.rhea, status=CommentStatus.PENDING)
    ada = sign_in(cast.ada)
    # Who is signed in, the counts, the settings.
    with queries.exactly(3):
        ada.get("/admin/")
