"""An administrator deletes somebody's account on the page of people."""

import pytest

from tests.factories import PostFactory, UserFactory
from tests.support.visitors import document


@pytest.fixture
def ada(sign_in, cast):
    return sign_in(cast.ada)


def path_of(user):
    return f"/admin/users/{user.id}/delete"


@pytest.mark.parametrize(
    ("content", "heir", "credited"),
    [("keep", "", "Walt"), ("reassign", "edith", "Edith"), ("anonymise", "", "Former member")],
)
def test_an_account_is_deleted_with_each_fate_of_its_texts(ada, cast, client, content, heir, credited):
    post = PostFactory(author=cast.walt)
    assert path_of(cast.walt) in ada.read("/admin/users").links
    response = ada.fill_in(path_of(cast.walt), content=content, heir=heir, is_sure=True)
    assert response.status_code == 303
    page = client.read(f"/blog/post/{post.slug}")
    assert credited in page.text("//article")
    assert "walt@example.org" not in ada.get("/admin/users").text


def test_a_deletion_is_confirmed_and_names_who_takes_over(ada, cast):
    unsure = ada.fill_in(path_of(cast.walt), content="keep")
    assert (unsure.status_code, bool(document(unsure).errors)) == (422, True)
    nobody = ada.fill_in(path_of(cast.walt), content="reassign", is_sure=True)
    assert (nobody.status_code, bool(document(nobody).errors)) == (422, True)
    assert "walt@example.org" in ada.get("/admin/users").text


def test_equals_and_oneself_are_not_deleted_there(ada, cast):
    assert ada.get(path_of(UserFactory(role="administrator"))).status_code == 403
    assert ada.get(path_of(cast.ada)).status_code == 409
    assert path_of(cast.ada) not in ada.read("/admin/users").links
