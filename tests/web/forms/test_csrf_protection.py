import pytest

from tests.support.visitors import document

pytestmark = pytest.mark.databases("sqlite")


def labels(response):
    """What stands beside each field that can be seen."""
    page = document(response)
    return {
        str(label.get("for")): " ".join(label.text_content().split()) for label in page.all("//main//label")
    }


def shown(response):
    """Label and value of each field that can be seen."""
    page = document(response)
    fields = page.all("//main//form//*[@id][starts-with(@id, 'kept_')]")
    return {
        labels(response)[field.get("id")]: field.get("value") or (field.text or "").removeprefix("\n")
        for field in fields
    }


def test_a_post_that_is_sent_after_signing_out_shows_the_labels_of_its_form(client):
    sent = {
        "title": "Ice",
        "summary": "On rivers.",
        "body": "They *freeze*.",
        "tags": "ice",
        "slug": "",
        "published_at": "2026-12-01T10:00",
        "comments_open": "y",
        "version": "7",
        "action": "publish",
        "csrf_token": "x",
    }
    response = client.post("/blog/create", data=sent)
    assert response.status_code == 400
    assert shown(response) == {
        "Title": "Ice",
        "Excerpt": "On rivers.",
        "Content": "They *freeze*.",
        "Tags": "ice",
        "URL slug": "",
        "Publish at": "2026-12-01T10:00",
        "Allow comments": "y",
    }
    again = document(response).form({"title": ""}).values
    assert (again["version"], again["action"]) == (["7"], ["publish"])


@pytest.mark.parametrize(
    ("path", "sent", "expected"),
    [
        ("/auth/profile", {"name": "Ada", "bio": "Counts.", "website": ""}, {"Name", "About you", "Website"}),
        (
            "/admin/settings",
            {"title": "T", "tagline": "x", "accent": "#000000"},
            {"Title", "Tagline", "Accent colour"},
        ),
        ("/admin/users/invite", {"email": "n@example.org", "role": "author"}, {"Email", "Role"}),
        # What no form knows is named as it was.
        (
            "/admin/users/invite",
            {"email": "n@example.org", "odd_thing": "1"},
            {"Email", "Odd thing"},
        ),
        ("/blog/post/x/comment", {"body": "Well."}, {"Comment"}),
    ],
)
def test_the_labels_are_those_of_the_form_at_that_address(client, path, sent, expected):
    assert set(shown(client.post(path, data=sent))) == expected


@pytest.mark.parametrize(
    "secret", ["current_password", "password", "otp", "credential", "token", "new_password_confirm"]
)
def test_secrets_are_never_written_back(client, secret):
    response = client.post("/auth/security/address", data={"email": "n@example.org", secret: "hunter2"})
    assert response.status_code == 400
    assert "hunter2" not in response.text
    assert set(shown(response)) == {"Email"}


@pytest.mark.parametrize("is_open", [True, False])
def test_marks_that_forms_carry_beside_a_box_are_hidden(client, is_open):
    sent = {"title": "Kept", "comments_open_shown": "1"} | ({"comments_open": "y"} if is_open else {})
    response = client.post("/blog/create", data=sent)
    assert set(shown(response)) == {"Title"} | ({"Allow comments"} if is_open else set())
    page = document(response)
    assert page.all("//input[@name='comments_open_shown']/@type") == ["hidden"]
    assert page.all("//input[@name='comments_open']/@type") == (["checkbox"] if is_open else [])
