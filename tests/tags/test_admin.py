import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from masthead.db import db
from masthead.errors import Conflict
from masthead.posts import queries as posts
from masthead.tags import actions
from masthead.tags import queries as tags
from masthead.tags.models import Tag
from tests.factories import PostFactory, TagFactory
from tests.support.visitors import document

PATH = "/admin/tags"


@pytest.fixture
def edith(sign_in, cast):
    return sign_in(cast.edith)


@pytest.fixture
def id_of(app):
    """The id of the tag with a name; None if there is none."""

    def find(name):
        with app.app_context():
            return db.session.scalar(select(Tag.id).where(Tag.name == name))

    return find


def merge(edith, tag_id, into):
    return edith.fill_in(f"{PATH}/{tag_id}", {"into": into})


def test_tags_are_listed_with_their_posts_and_found_by_name(edith):
    PostFactory(tags=["Rivers"])
    PostFactory(tags=["Rivers", "Mountains"])
    text = edith.get(PATH).text
    assert text.index("Mountains") < text.index("Rivers")
    found = edith.get(f"{PATH}?q=RIV").text
    assert "Rivers" in found
    assert "Mountains" not in found
    assert "No tags found" in edith.get(f"{PATH}?q=%25").text


def test_a_tag_is_made_renamed_and_described_and_keeps_its_address(edith, client, id_of):
    edith.fill_in(f"{PATH}/create", {"name": "Rivers", "description": "Wet."})
    PostFactory(tags=["Rivers"])
    assert "Wet." in client.get("/blog/tag/rivers").text
    edith.fill_in(f"{PATH}/{id_of('Rivers')}", {"name": "Waters"})
    assert "Waters" in client.get("/blog/tag/rivers").text


@pytest.mark.parametrize("name", ["", "RIVERS", "x" * 61, " , "])
def test_a_name_that_cannot_be_is_refused_beside_its_field(edith, name):
    TagFactory(name="Rivers")
    response = edith.fill_in(f"{PATH}/create", {"name": name})
    assert response.status_code == 422
    assert document(response).errors


def test_a_tag_does_not_get_the_name_of_another(edith, id_of):
    TagFactory(name="River")
    TagFactory(name="Rivers")
    response = edith.fill_in(f"{PATH}/{id_of('River')}", {"name": "RIVERS"})
    assert response.status_code == 422
    assert document(response).errors
    assert id_of("River") is not None


@pytest.mark.databases("postgresql")
def test_a_tag_that_somebody_deletes_meanwhile_is_not_changed(app, cast):
    tag_id = TagFactory(name="River").id
    with app.app_context():
        tag = tags.get(tag_id)
        with Session(db.engine) as other, other.begin():
            other.execute(delete(Tag))
        with pytest.raises(Conflict, match="deleted this tag"):
            actions.change(tag, name="Rivers", description=None, by=cast.edith)


def test_after_merging_posts_feeds_and_old_addresses_lead_to_the_other_tag(edith, client, app, id_of):
    both = PostFactory(tags=["River", "Rivers"])
    one = PostFactory(tags=["Walks", "River"], title="The ferry")
    assert "The ferry" not in client.get("/blog/tag/rivers").text
    response = merge(edith, id_of("River"), "rivers")
    assert response.status_code == 303
    assert id_of("River") is None
    assert "The ferry" in client.get("/blog/tag/rivers").text
    with app.app_context():
        assert [tag.name for tag in posts.get(one.id).tags] == ["Walks", "Rivers"]
        assert [tag.name for tag in posts.get(both.id).tags] == ["Rivers"]
        assert posts.get(one.id).version == one.version + 1
    for end in ("", "/feed.xml"):
        moved = client.get(f"/blog/tag/river{end}")
        assert (moved.status_code, moved.location) == (301, f"/blog/tag/rivers{end}")


def test_a_tag_that_was_merged_twice_is_reached_in_one_hop(edith, client, id_of):
    PostFactory(tags=["River"])
    TagFactory(name="Rivers")
    TagFactory(name="Waters")
    merge(edith, id_of("River"), "Rivers")
    merge(edith, id_of("Rivers"), "Waters")
    assert client.get("/blog/tag/river").location == "/blog/tag/waters"
    assert client.get("/blog/tag/rivers").location == "/blog/tag/waters"


@pytest.mark.parametrize("into", ["Nowhere", "River", ""])
def test_a_tag_is_not_merged_into_itself_or_nothing(edith, id_of, into):
    PostFactory(tags=["River"])
    response = merge(edith, id_of("River"), into)
    assert response.status_code == 422
    assert id_of("River") is not None


def test_only_a_tag_that_no_post_carries_can_be_deleted(edith, id_of):
    PostFactory(tags=["River"])
    TagFactory(name="Empty")
    empty = f"{PATH}/{id_of('Empty')}"
    edith.press(empty, action=f"{empty}/delete")
    assert id_of("Empty") is None
    assert "Delete tag" not in edith.get(f"{PATH}/{id_of('River')}").text
    refused = edith.post(f"{PATH}/{id_of('River')}/delete", data={"csrf_token": edith.form_token()})
    assert refused.status_code == 409
    assert id_of("River") is not None
