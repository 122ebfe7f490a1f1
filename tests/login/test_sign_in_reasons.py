"""Who is sent to the page for signing in reads why; who is signed in has no use for it, nor for registering."""

from collections.abc import Callable

import pytest

from tests.support.people import PASSWORD, Cast
from tests.support.visitors import Visitor, document


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/blog/create", "Sign in to create a post."),
        ("/admin/users", "Sign in to continue to the administration."),
        ("/auth/profile", "Sign in to continue to your profile."),
        ("/auth/privacy", "Sign in to continue to the page that you asked for."),
    ],
)
def test_page_for_signing_in_says_why_one_was_sent_there(
    client: Visitor, cast: Cast, path: str, reason: str
) -> None:
    sent = client.get(path)
    assert sent.status_code == 302
    assert reason in document(client.get(sent.location)).text("//main")


@pytest.mark.parametrize("path", ["/", "/nowhere", "/Your-bank-says-hello", "//evil.example", "/blog/", ""])
def test_page_for_signing_in_gives_no_reason_for_a_public_page(
    client: Visitor, cast: Cast, path: str
) -> None:
    page = document(client.get("/auth/login", query_string={"next": path})).text("//main")
    assert "Sign in to" not in page
    assert "bank" not in page


def test_signed_in_people_are_led_away_from_registering(sign_in: Callable[..., Visitor], cast: Cast) -> None:
    walt = sign_in(cast.walt)
    assert walt.get("/auth/register").status_code == 303
    typed = {
        "username": "nora",
        "email": "nora@example.org",
        "password": PASSWORD,
        "password_confirm": PASSWORD,
    }
    answer = walt.post("/auth/register", data={"csrf_token": walt.form_token(), **typed})
    assert (answer.status_code, answer.location) == (303, walt.get("/auth/register").location)
