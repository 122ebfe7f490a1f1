"""Who comes in: everybody by their role, and what an answer says of it."""

from collections.abc import Callable

from werkzeug.test import TestResponse

from masthead.people.models import User
from tests.support.people import Cast
from tests.support.visitors import Visitor

READER, CONTRIBUTOR, AUTHOR, MODERATOR, EDITOR, ADMIN = (
    "reader",
    "contributor",
    "author",
    "moderator",
    "editor",
    "administrator",
)
NOBODY: frozenset[str] = frozenset()
MEMBERS = frozenset({READER, CONTRIBUTOR, AUTHOR, MODERATOR, EDITOR, ADMIN})
ANYBODY = MEMBERS | {"anonymous"}
WRITERS = frozenset({CONTRIBUTOR, AUTHOR, EDITOR, ADMIN})
PUBLISHERS = frozenset({AUTHOR, EDITOR, ADMIN})
MODERATORS = frozenset({MODERATOR, EDITOR, ADMIN})
EDITORS = frozenset({EDITOR, ADMIN})
ADMINS = frozenset({ADMIN})


def person_of(cast: Cast, role: str) -> User:
    """Who has the role."""
    return cast.everybody()[role]


def send(client: Visitor, method: str, path: str, **fields: object) -> TestResponse:
    """Send a form with a token of ours, or read a page."""
    if method == "GET":
        return client.get(path)
    if method != "POST":
        # Scripts of our pages send these, with the token in a header.
        # A part of a file says where it begins.
        headers = {"X-CSRF-Token": client.token} | ({"Upload-Offset": "0"} if method == "PATCH" else {})
        return client.open(path, method=method, json=fields, headers=headers)
    return client.post(path, data={"csrf_token": client.token, **fields})


def is_let_in(response: TestResponse) -> bool:
    """Return True if the view was reached. Visitors who have to sign in are redirected, or get 400 with the form to send again."""
    if response.status_code in (302, 303) and "/auth/login?next=" in (response.location or ""):
        return False
    return response.status_code not in (400, 401, 403)


def enter(
    cast: Cast, sign_in: Callable[..., Visitor], new_client: Callable[..., Visitor], role: str
) -> Visitor:
    """A visitor with this role, or "anonymous", who knows a form token."""
    client = new_client()
    if role == "anonymous":
        client.token = client.read("/auth/login").form({"email": ""}).values["csrf_token"][0]
    else:
        sign_in(client, person_of(cast, role))
        client.token = client.form_token()
    return client
