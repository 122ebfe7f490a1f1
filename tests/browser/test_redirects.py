"""A browser's own parser judges where the redirects of this site lead (security.md row 29)."""

from urllib.parse import urlsplit

from masthead.web.safe_redirects import local_path
from tests.support.redirects import PAYLOADS

ORIGINS = "([base, targets]) => targets.map(target => new URL(target, base).origin)"


def test_no_redirect_leaves_the_site(page, live_site):
    targets = [target for target in map(local_path, PAYLOADS) if target is not None]
    assert targets
    page.goto("/auth/login")
    base = page.url
    origins = page.evaluate(ORIGINS, [base, targets])
    here = "{0.scheme}://{0.netloc}".format(urlsplit(base))
    assert [pair for pair in zip(targets, origins, strict=True) if pair[1] != here] == []
