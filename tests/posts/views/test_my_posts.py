"""The list of one's own posts: filters, orders, views and working copies."""

from datetime import timedelta

import pytest

from masthead import clock
from masthead.db import db
from masthead.posts.lists import daily_views
from masthead.posts.models import DailyViews
from tests.factories import DraftFactory, PostFactory


def test_my_posts_are_filtered_by_tag_and_words_and_sorted(cast, sign_in):
    made = {
        "Apples 100%": {"tags": ["Fruit"], "views": 5, "published_at": clock.now() - timedelta(days=3)},
        "Pears and apples": {
            "tags": ["Fruit", "Winter"],
            "views": 9,
            "published_at": clock.now() - timedelta(days=5),
        },
        "Rivers": {"tags": ["Water"], "views": 2, "published_at": clock.now() - timedelta(days=9)},
    }
    for title, details in made.items():
        PostFactory(title=title, author=cast.walt, **details)
    DraftFactory(title="A draft about apples", author=cast.walt, tags=["Fruit"])
    PostFactory(title="Apples of somebody else", author=cast.colin, tags=["Fruit"], views=99)
    walt = sign_in(cast.walt)

    def listed(query):
        return walt.read(f"/blog/my-posts?{query}").texts("//tbody//th")

    assert set(listed("q=apples")) == {"Apples 100%", "Pears and apples", "A draft about apples"}
    assert listed("q=APPLES+pears") == ["Pears and apples"]
    assert listed("q=%25") == ["Apples 100%"]
    assert set(listed("tag=fruit")) == {"Apples 100%", "Pears and apples", "A draft about apples"}
    assert listed("tag=Winter") == ["Pears and apples"]
    assert listed("tag=Fruit&status=draft&q=about") == ["A draft about apples"]
    assert listed("sort=title") == ["A draft about apples", "Apples 100%", "Pears and apples", "Rivers"]
    assert listed("sort=views&status=published") == ["Pears and apples", "Apples 100%", "Rivers"]
    assert listed("sort=newest")[0] == "A draft about apples"
    assert listed("sort=oldest")[0] == "Rivers"
    assert listed("sort=newest")[-1] == "Rivers"
    # A filter keeps the others.
    page = walt.read("/blog/my-posts?q=apples&sort=title")
    assert page.all("//nav//a[contains(@href, 'status=draft')]/@href") == [
        "/blog/my-posts?q=apples&sort=title&status=draft"
    ]
    for none in ("tag=nothing", "q=nothing", "tag=" + "x" * 3_000, "q=" + "z+" * 2_000):
        assert "No posts match" in walt.read(f"/blog/my-posts?{none}").text("//main")
    assert walt.get("/blog/my-posts?sort=secret").status_code == 404


def test_lists_show_unpublished_changes_and_the_views_of_the_last_days(cast, sign_in, as_, app):
    post = PostFactory(title="Rivers", author=cast.walt, slug="rivers", views=1_234)
    with app.app_context():
        today = daily_views.today()
        for ago, views in ((0, 14), (29, 6), (30, 900)):
            db.session.add(DailyViews(post_id=post.id, day=today - timedelta(days=ago), views=views))
        db.session.commit()
    walt, edith = sign_in(cast.walt), sign_in(cast.edith)
    for visitor, path in ((walt, "/blog/my-posts"), (edith, "/admin/posts")):
        page = visitor.read(path)
        assert "Unpublished changes" not in page.text("//main")
        assert page.all("//tbody//*[name()='svg']/@aria-label") == ["20 in the last 30 days; peak: 14"]
        assert "234" in page.text("//tbody//*[@class='views']")
    as_(cast.walt)("PUT", "/posts/rivers/working-copy", {"title": "Rivers", "body": "More."}, etag="*")
    for visitor, path in ((walt, "/blog/my-posts"), (edith, "/admin/posts"), (walt, "/dashboard")):
        assert "Unpublished changes" in visitor.read(path).text("//main")


def test_a_writer_sees_the_views_of_own_posts_on_the_dashboard_and_an_editor_those_of_all(cast, sign_in, app):
    assert "Page views" not in sign_in(cast.walt).read("/dashboard").text("//main")
    posts = {
        "Rivers": PostFactory(title="Rivers", author=cast.walt),
        "Secret": DraftFactory(title="Secret", author=cast.walt),
        "Theirs": PostFactory(title="Theirs", author=cast.colin),
    }
    with app.app_context():
        for number, post in enumerate(posts.values(), 1):
            db.session.add(DailyViews(post_id=post.id, day=daily_views.today(), views=10**number))
        db.session.commit()
    own = sign_in(cast.walt).read("/dashboard")
    assert own.texts("//*[@class='chart-list']/li/a") == ["Rivers"]
    assert own.text("//section[@aria-label='Page views of your posts']/h2") == "Page views 110"
    everything = sign_in(cast.edith).read("/dashboard")
    assert everything.texts("//*[@class='chart-list']/li/a") == ["Theirs", "Rivers"]
    assert "110" in everything.text("//section[@aria-label='Page views']/h2")
    assert everything.all("//section[@aria-label='Page views']//a[@href='/admin/statistics']")
    assert "Page views" not in sign_in(cast.mona).read("/dashboard").text("//main")


@pytest.mark.parametrize("rows", [3, 30])
def test_my_posts_cost_the_same_with_more_rows(cast, sign_in, queries, rows):
    PostFactory.create_batch(rows, author=cast.walt, tags=["One", "Two"])
    walt = sign_in(cast.walt)
    # Who is signed in, the settings, the tag, count, posts, their credits, views, working copies, suggested tags, the last
    # bulk action.
    with queries.exactly(10):
        walt.get("/blog/my-posts?tag=one&q=o&sort=views")
