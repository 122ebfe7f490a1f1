"""Every form that changes something carries a token."""

import re

import pytest

from tests.architecture.source import PACKAGE

TEMPLATES = PACKAGE / "templates"
FORM = re.compile(r"<form\b.*?</form>", re.DOTALL | re.IGNORECASE)
CHANGING = re.compile(r"method\s*=\s*[\"']?post", re.IGNORECASE)
#: Mail programs send this one, too, without any cookie: the signed token in its address says who asks.
WITHOUT_COOKIE = {"accounts/stop_emails.html"}
TOKEN = re.compile(r"csrf_token|hidden_tag|token\(")


@pytest.mark.parametrize(
    "template", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.relative_to(TEMPLATES).as_posix()
)
def test_a_form_that_changes_something_has_a_token(template):
    if template.relative_to(TEMPLATES).as_posix() in WITHOUT_COOKIE:
        return
    bare = [
        form
        for form in FORM.findall(template.read_text(encoding="utf-8"))
        if CHANGING.search(form) and not TOKEN.search(form)
    ]
    assert bare == []
