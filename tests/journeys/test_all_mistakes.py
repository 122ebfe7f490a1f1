"""A form with several wrong fields comes back once, with all of them named and nothing stored."""

import pytest

from masthead.errors import Invalid, Mistakes, SeveralInvalid
from tests.factories import CommentFactory, DraftFactory, PageFactory, PostFactory, TagFactory
from tests.support.documents import Document
from tests.support.people import Cast
from tests.support.visitors import Visitor, document


def wrong_of(response: object) -> set[str]:
    assert response.status_code == 422  # type: ignore[attr-defined]
    page: Document = document(response)  # type: ignore[arg-type]
    return set(page.all("//*[@aria-invalid='true']/@name"))


WRONG_POST = {
    "slug": "taken",
    "tags": ", ".join(f"tag {number}" for number in range(60)),
    "authors": "nobody-at-all",
    "canonical_url": "no address",
    "language": "??",
    "lead_image": "javascript:alert(1)",
}


@pytest.mark.parametrize("title", ["", "x" * 301, "\u200b", "A title"])
def test_desk_names_every_wrong_field(client: Visitor, cast: Cast, sign_in: object, title: str) -> None:
    PostFactory(slug="taken", author=cast.edith)
    mine = DraftFactory(author=cast.walt, title="Mine")
    sign_in(client, cast.walt)  # type: ignore[operator]
    wrong = WRONG_POST.keys() | ({"title"} if title != "A title" else set())
    for path in ("/blog/create", f"/blog/edit/{mine.id}"):
        sent = {**WRONG_POST, "title": title, "body": "A text."}
        assert wrong_of(client.fill_in(path, **sent, button="save")) == wrong
        assert wrong_of(client.fill_in(path, **sent, published_at="nonsense", button="save")) == wrong | {
            "published_at"
        }
    assert "Mine" in client.read("/blog/my-posts").text("//main")


def test_desk_names_the_missing_date_beside_the_others(client: Visitor, cast: Cast, sign_in: object) -> None:
    sign_in(client, cast.walt)  # type: ignore[operator]
    answer = client.fill_in("/blog/create", title="", body="", language="??", button="schedule")
    assert wrong_of(answer) == {"title", "body", "language", "published_at"}


def test_page_names_every_wrong_field(client: Visitor, cast: Cast, sign_in: object) -> None:
    PageFactory(slug="taken")
    page = PageFactory(slug="about")
    sign_in(client, cast.edith)  # type: ignore[operator]
    for path in ("/admin/pages/create", f"/admin/pages/{page.id}"):
        for title in ("", "\u200b"):
            sent = {"title": title, "slug": "taken", "summary": "x" * 1_001}
            assert wrong_of(client.fill_in(path, **sent, button="save")) == set(sent)


def test_registration_names_every_wrong_field_and_no_taken_address(client: Visitor, cast: Cast) -> None:
    sent = {"username": "walt", "email": "nonsense", "password": "password", "password_confirm": "other"}
    assert wrong_of(client.fill_in("/auth/register", **sent)) == set(sent)
    sent |= {"email": cast.rhea.email}
    assert wrong_of(client.fill_in("/auth/register", **sent)) == set(sent) - {"email"}


def test_profile_names_every_wrong_field(client: Visitor, cast: Cast, sign_in: object) -> None:
    sign_in(client, cast.walt)  # type: ignore[operator]
    sent = {"name": "edith", "avatar": "https://elsewhere.example/a.png"}
    assert wrong_of(client.fill_in("/auth/profile", **sent)) == set(sent)
    sent |= {"website": "nonsense"}
    assert wrong_of(client.fill_in("/auth/profile", **sent)) == set(sent)


def test_settings_name_every_wrong_field(client: Visitor, cast: Cast, sign_in: object) -> None:
    sign_in(client, cast.ada)  # type: ignore[operator]
    sent = {"title": "", "accent": "red", "language": "??", "posts_per_page": "0", "navigation": "About"}
    assert wrong_of(client.fill_in("/admin/settings", **sent)) == set(sent)
    # Only the action finds that a title shows nothing.
    assert wrong_of(client.fill_in("/admin/settings", title="\u200b")) == {"title"}
    assert wrong_of(client.fill_in("/admin/settings", title="\u200b", accent="red")) == {"title", "accent"}


def test_redirect_names_both_addresses(client: Visitor, cast: Cast, sign_in: object) -> None:
    sign_in(client, cast.ada)  # type: ignore[operator]
    client.fill_in("/admin/redirects", {"path": "/old", "url": "/about"})
    for path in ("no path", "/old", ""):
        answer = client.fill_in("/admin/redirects", {"path": path, "url": "javascript:alert(1)"})
        assert wrong_of(answer) == {"path", "url"}


def test_role_names_every_wrong_field(client: Visitor, cast: Cast, sign_in: object) -> None:
    sign_in(client, cast.ada)  # type: ignore[operator]
    for rank in ("100", "nonsense"):
        answer = client.fill_in("/admin/roles/create", title="Editor", rank=rank)
        assert wrong_of(answer) == {"title", "rank"}


def test_token_names_every_wrong_field(client: Visitor, cast: Cast, sign_in: object) -> None:
    sign_in(client, cast.walt)  # type: ignore[operator]
    answer = client.fill_in("/auth/security/tokens", name="", days="7")
    page = document(answer)
    assert "Give the token a name." in page.text("//main")
    assert "Choose at least one permission for the token." in page.text("//main")


def test_comment_says_that_text_and_parent_are_missing(client: Visitor, cast: Cast, sign_in: object) -> None:
    post = PostFactory(author=cast.walt)
    other = CommentFactory(post=PostFactory(author=cast.walt))
    sign_in(client, cast.rhea)  # type: ignore[operator]
    answer = client.fill_in(f"/blog/post/{post.slug}", body=" ", parent_id=str(other.id))
    page = document(answer)
    assert "Write something first." in page.text("//main")
    assert "The comment that you answer is no longer here." in page.text("//main")


def test_password_names_the_wrong_one_and_the_weak_one(client: Visitor, cast: Cast, sign_in: object) -> None:
    sign_in(client, cast.walt)  # type: ignore[operator]
    sent = {"current_password": "not mine", "password": "password", "password_confirm": "password"}
    for confirmation in ("password", "other"):
        sent["password_confirm"] = confirmation
        answer = client.fill_in("/auth/security", sent, action="/auth/security/password")
        expected = set(sent) if confirmation == "other" else set(sent) - {"password_confirm"}
        assert wrong_of(answer) == expected


def test_address_names_itself_and_the_wrong_password(client: Visitor, cast: Cast, sign_in: object) -> None:
    sign_in(client, cast.walt)  # type: ignore[operator]
    for email in ("nonsense", "a@b", "x@-.example"):
        sent = {"current_password": "not mine", "email": email}
        answer = client.fill_in("/auth/security", sent, action="/auth/security/address")
        assert wrong_of(answer) == {"current_password", "email"}


def test_tag_names_a_taken_name_beside_a_long_description(
    client: Visitor, cast: Cast, sign_in: object
) -> None:
    tag, other = TagFactory(name="River"), TagFactory(name="Boats")
    sign_in(client, cast.edith)  # type: ignore[operator]
    for path in ("/admin/tags/create", f"/admin/tags/{other.id}"):
        for name in (tag.name, "a, b", ""):
            answer = client.fill_in(path, name=name, description="x" * 5_000)
            assert wrong_of(answer) == {"name", "description"}


def test_mistakes_are_one_error_of_each_once() -> None:
    mistakes = Mistakes()
    for message, field in (("Short.", "a"), ("Long.", "b"), ("Short.", "a"), ("Odd.", "b")):
        with mistakes:
            raise Invalid(message, field=field)
    with pytest.raises(SeveralInvalid) as caught:
        mistakes.settle()
    assert caught.value.by_field == {"a": ["Short."], "b": ["Long.", "Odd."]}
    assert caught.value.message == "Short. Long. Odd."
