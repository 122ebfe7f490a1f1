from datetime import timedelta

import pytest

from masthead import clock
from masthead.db import db
from masthead.posts import queries as posts
from masthead.posts.lifecycle import State, Status
from tests.factories import DraftFactory, PostFactory
from tests.support.discussions import token_of

PATH = "/admin/posts"


@pytest.fixture
def edith(sign_in, cast):
    return sign_in(cast.edith)


@pytest.fixture
def state_of(app):
    def read(post):
        with app.app_context():
            return posts.get(post.id).state.value

    return read


def titles(page):
    return page.texts("//tbody//th")


def test_the_list_shows_each_state(edith, cast):
    PostFactory(title="Public one", author=cast.walt)
    DraftFactory(title="Draft one", author=cast.colin)
    DraftFactory(title="Review one", author=cast.colin, status=Status.IN_REVIEW)
    DraftFactory(title="Trashed one", author=cast.walt, status=Status.TRASHED)
    PostFactory(title="Later one", author=cast.walt, published_at=clock.now() + timedelta(days=1))
    expected = {
        "": {"Public one", "Draft one", "Review one", "Later one"},
        "published": {"Public one"},
        "draft": {"Draft one"},
        "in_review": {"Review one"},
        "scheduled": {"Later one"},
        "trashed": {"Trashed one"},
    }
    for state, found in expected.items():
        assert set(titles(edith.read(f"{PATH}?state={state}"))) == found
    assert titles(edith.read(f"{PATH}?q=REVIEW")) == ["Review one"]
    assert edith.get(f"{PATH}?state=lost").status_code == 404


def test_many_posts_are_trashed_and_restored_at_once(edith, cast, state_of):
    made = PostFactory.create_batch(3, author=cast.walt)
    left = PostFactory(author=cast.walt)
    response = edith.fill_in(PATH, post=[str(post.id) for post in made], button="trash")
    assert response.location == PATH
    assert "3 posts moved to the trash." in edith.get(response.location).text
    assert [state_of(post) for post in made] == ["trashed"] * 3
    assert state_of(left) == "published"
    back = edith.fill_in(f"{PATH}?state=trashed", post=[str(made[0].id)], button="restore")
    assert back.location == f"{PATH}?state=trashed"
    assert "1 post restored as a draft." in edith.get(back.location).text
    assert state_of(made[0]) == "draft"


def test_what_is_not_possible_is_left_and_reported(edith, cast, state_of):
    draft = DraftFactory(author=cast.walt)
    trashed = DraftFactory(author=cast.walt, status=Status.TRASHED)
    token = edith.read(PATH).all("//input[@name='csrf_token']/@value")[0]
    chosen = [str(draft.id), str(trashed.id), "999999", "-1", "x", str(2**70)]
    response = edith.post(PATH, data={"csrf_token": token, "post": chosen, "action": "publish"})
    page = edith.get(response.location).text
    assert "1 post published." in page
    assert "1 post was left as before: A post that is in the trash cannot be published." in page
    assert [state_of(draft), state_of(trashed)] == ["published", "trashed"]


def test_nothing_chosen_is_said(edith, cast):
    DraftFactory(author=cast.walt)
    response = edith.fill_in(PATH, button="publish")
    assert "Select at least one post first." in edith.get(response.location).text


def test_an_unknown_button_is_refused(edith, cast):
    DraftFactory(author=cast.walt)
    assert edith.fill_in(PATH, {"post": "1"}, action=PATH).status_code == 422


@pytest.mark.parametrize("name", ["mona", "walt", "colin", "rhea"])
def test_all_posts_are_closed_to_those_without_the_right(sign_in, cast, name):
    visitor = sign_in(getattr(cast, name))
    assert visitor.get(PATH).status_code == 403
    assert visitor.post(PATH, data={"post": "1", "action": "trash"}).status_code in {400, 403}


def test_two_editors_who_trash_the_same_posts_at_once_change_each_once(
    sign_in, cast, in_parallel, state_of, app
):
    made = PostFactory.create_batch(5, author=cast.walt)
    visitors = [sign_in(cast.edith), sign_in(cast.ada)]
    # Both have the list open before either presses the button.
    sent = {"post": [str(post.id) for post in made], "action": "trash"}
    tokens = [token_of(visitor) for visitor in visitors]
    answers = []
    raised = in_parallel(
        *(
            lambda visitor=visitor, token=token: answers.append(
                visitor.post(PATH, data={**sent, "csrf_token": token}).status_code
            )
            for visitor, token in zip(visitors, tokens, strict=True)
        )
    )
    assert not raised
    assert set(answers) <= {302, 303}
    assert {state_of(post) for post in made} == {"trashed"}
    with app.app_context():
        assert {posts.get(post.id).version - post.version for post in made} == {1}
        db.session.rollback()


@pytest.mark.parametrize("rows", [3, 30])
def test_the_list_costs_the_same_with_more_rows(edith, cast, queries, rows):
    PostFactory.create_batch(rows, author=cast.walt, tags=["One", "Two"])
    # Who is signed in, the count, the posts with bylines, their tags, the settings, their views, their working copies.
    with queries.exactly(7):
        edith.get(PATH)


@pytest.mark.parametrize("word", sorted({*State, *Status}))
def test_every_state_has_a_list_by_each_of_its_names(cast, sign_in, word):
    PostFactory(author=cast.walt)
    edith = sign_in(cast.edith)
    assert edith.get(f"/admin/posts?state={word}").status_code == 200
    assert edith.get(f"/blog/my-posts?status={word}").status_code == 200
