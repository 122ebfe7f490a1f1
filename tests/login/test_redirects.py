"""No link to a page of ours leads somebody away afterwards (security.md row 29), through HTTP.

`tests/browser/test_redirects.py` asks a browser's own parser about the same addresses.
"""

import re
from collections.abc import Callable

import pytest

from tests.support.people import PASSWORD, Cast
from tests.support.redirects import PAYLOADS
from tests.support.visitors import Visitor

SignIn = Callable[..., Visitor]
pytestmark = pytest.mark.databases("sqlite")


def as_browsers_read(location: str) -> str:
    """The address without what browsers drop, and with the slashes that they see (WHATWG URL, section 4.4)."""
    return re.sub(r"[\t\n\r]", "", location).strip("".join(map(chr, range(33)))).replace("\\", "/")


def leads_away(location: str) -> bool:
    seen = as_browsers_read(location)
    return not seen.startswith("/") or seen.startswith("//")


def test_there_are_many_addresses() -> None:
    assert len(PAYLOADS) > 200


def test_signing_in_stays_on_this_site(cast: Cast, client: Visitor) -> None:
    away = []
    for payload in [payload for payload in PAYLOADS if "\0" not in payload][::4]:
        form = client.read("/auth/login").form({"email": ""})
        data = form.filled({"email": cast.walt.email or "", "password": PASSWORD}, None)
        answer = client.post("/auth/login", query_string={"next": payload}, data=data)
        if answer.status_code != 303 or leads_away(answer.location):
            away.append((payload, answer.status, answer.location))
        client.press("/dashboard", action="/auth/logout")
    assert away == []


def test_visiting_the_form_when_signed_in_stays_on_this_site(cast: Cast, sign_in: SignIn) -> None:
    walt = sign_in(cast.walt)
    away = []
    for payload in PAYLOADS:
        answer = walt.get("/auth/login", query_string={"next": payload})
        # An address that cannot be text is refused.
        if answer.status_code not in (303, 400) or (answer.location and leads_away(answer.location)):
            away.append((payload, answer.status, answer.location))
    assert away == []


@pytest.mark.parametrize("way", ["confirm", "disable", "end"])
def test_buttons_stay_on_this_site(cast: Cast, sign_in: SignIn, way: str) -> None:
    ada = sign_in(cast.ada)
    token = ada.form_token()
    path = {
        "confirm": "/auth/confirm-identity",
        "disable": f"/admin/users/{cast.walt.id}/disable",
        "end": f"/admin/users/{cast.walt.id}/sign-out",
    }[way]
    away = []
    for payload in PAYLOADS[::16] if way == "confirm" else PAYLOADS:
        data = {"csrf_token": token, "next": payload, "password": PASSWORD}
        answer = ada.post(path, data=data)
        if answer.status_code != 303 or leads_away(answer.location):
            away.append((payload, answer.status, answer.location))
        if way == "confirm":
            token = ada.form_token()
    assert away == []
