"""Who gets where: every route × everybody, against a table written by hand.

A new route needs a row in `ROUTES`. The JSON API answers to tokens, not to sign-ins, and has its own tests.
"""

import re

import pytest

from tests.support.entering import (
    ADMINS,
    ANYBODY,
    EDITORS,
    MEMBERS,
    MODERATORS,
    WRITERS,
    enter,
    is_let_in,
    send,
)

FEED = "<any('feed.xml', 'rss.xml', 'feed.json'):file>"
MAP = "<any(lists, posts, pages, tags, authors):section>"
STEP = "<any(approve, reject, delete, restore, unapprove):step>"
ROUTES = {
    "GET /": ANYBODY,
    f"GET /{FEED}": ANYBODY,
    "GET /about": ANYBODY,
    "GET /page/<slug>": ANYBODY,
    "GET /search": ANYBODY,
    "GET /setup": ANYBODY,
    "POST /setup": ANYBODY,
    "GET /theme.css": ANYBODY,
    "GET /static/<path:filename>": ANYBODY,
    "GET /media/<path:path>": ANYBODY,
    "GET /robots.txt": ANYBODY,
    "GET /atom.xml": ANYBODY,
    "GET /feed": ANYBODY,
    "GET /feed/atom": ANYBODY,
    "GET /feed/rss": ANYBODY,
    "GET /index.xml": ANYBODY,
    "GET /rss": ANYBODY,
    "GET /sitemap.xml": ANYBODY,
    f"GET /sitemap-{MAP}-<int:number>.xml": ANYBODY,
    "GET /health": ANYBODY,
    "GET /health/live": ANYBODY,
    "GET /health/ready": ANYBODY,
    "GET /metrics": ANYBODY,
    # Signing in, and links that are keys of their own.
    "GET /auth/register": ANYBODY,
    "POST /auth/register": ANYBODY,
    "GET /auth/registered": ANYBODY,
    "GET /auth/login": ANYBODY,
    "POST /auth/login": ANYBODY,
    "POST /auth/login/passkey": ANYBODY,
    "GET /auth/second-step": ANYBODY,
    "POST /auth/second-step": ANYBODY,
    "POST /auth/second-step/passkey": ANYBODY,
    "POST /auth/logout": ANYBODY,
    "GET /auth/forgot": ANYBODY,
    "POST /auth/forgot": ANYBODY,
    "GET /auth/forgot/sent": ANYBODY,
    "GET /auth/reset/<token>": ANYBODY,
    "POST /auth/reset/<token>": ANYBODY,
    "GET /auth/confirm/<token>": ANYBODY,
    "POST /auth/confirm/<token>": ANYBODY,
    "GET /auth/invitation/<token>": ANYBODY,
    "POST /auth/invitation/<token>": ANYBODY,
    "GET /auth/emails/<token>": ANYBODY,
    "POST /auth/emails/<token>": ANYBODY,
    "GET /auth/undo/<token>": ANYBODY,
    "POST /auth/undo/<token>": ANYBODY,
    # One's own account.
    "GET /dashboard": MEMBERS,
    "GET /auth/profile": MEMBERS,
    "POST /auth/profile": MEMBERS,
    "POST /auth/profile/emails": MEMBERS,
    "GET /auth/privacy": MEMBERS,
    "POST /auth/privacy/download": MEMBERS,
    "POST /auth/privacy/close": MEMBERS,
    "GET /auth/sessions": MEMBERS,
    "POST /auth/sessions/<int:login_id>/end": MEMBERS,
    "POST /auth/sessions/end": MEMBERS,
    "GET /auth/confirm-identity": MEMBERS,
    "POST /auth/confirm-identity": MEMBERS,
    "POST /auth/confirm-identity/passkey": MEMBERS,
    "GET /auth/security": MEMBERS,
    "POST /auth/security/address": MEMBERS,
    "POST /auth/security/confirm": MEMBERS,
    "POST /auth/security/password": MEMBERS,
    "GET /auth/security/authenticator": MEMBERS,
    "POST /auth/security/authenticator": MEMBERS,
    "POST /auth/security/authenticator/remove": MEMBERS,
    "GET /auth/security/passkeys/add": MEMBERS,
    "POST /auth/security/passkeys/add": MEMBERS,
    "POST /auth/security/passkeys/<int:passkey_id>/remove": MEMBERS,
    "POST /auth/security/passkeys/<int:passkey_id>/rename": MEMBERS,
    "POST /auth/security/recovery-codes": MEMBERS,
    "GET /auth/security/tokens": MEMBERS,
    "POST /auth/security/tokens": MEMBERS,
    "POST /auth/security/tokens/<int:token_id>/revoke": MEMBERS,
    # Reading, commenting, writing.
    "GET /blog/": ANYBODY,
    "GET /blog/archive/": ANYBODY,
    "GET /blog/archive/<int:year>/<int:month>": ANYBODY,
    "GET /blog/author/<username>": ANYBODY,
    f"GET /blog/author/<username>/{FEED}": ANYBODY,
    "GET /blog/tag/<slug>": ANYBODY,
    f"GET /blog/tag/<slug>/{FEED}": ANYBODY,
    "GET /blog/post/<slug>": ANYBODY,
    f"GET /blog/post/<slug>/{FEED}": ANYBODY,
    "POST /blog/post/<slug>/comment": MEMBERS,
    "GET /blog/comment/<int:comment_id>/edit": MEMBERS,
    "POST /blog/comment/<int:comment_id>/edit": MEMBERS,
    "GET /blog/comment/<int:comment_id>/delete": MEMBERS,
    "POST /blog/comment/<int:comment_id>/delete": MEMBERS,
    "GET /blog/create": WRITERS,
    "POST /blog/create": WRITERS,
    "GET /blog/edit/<int:post_id>": WRITERS,
    "POST /blog/edit/<int:post_id>": WRITERS,
    "GET /blog/edit/<int:post_id>/history": WRITERS,
    "GET /blog/edit/<int:post_id>/history/<int:number>": WRITERS,
    "POST /blog/edit/<int:post_id>/history/<int:number>/restore": WRITERS,
    # The action asks for the right to edit: somebody who lost it keeps the text.
    "PUT /blog/edit/<int:post_id>/working-copy": MEMBERS,
    "GET /blog/edit/<int:post_id>/working-copy": WRITERS,
    "DELETE /blog/edit/<int:post_id>/working-copy": WRITERS,
    "POST /blog/edit/<int:post_id>/discard": WRITERS,
    "POST /blog/edit/<int:post_id>/presence": WRITERS,
    "GET /blog/edit/<int:post_id>/merge": MEMBERS,
    "POST /blog/edit/<int:post_id>/merge": WRITERS,
    "POST /blog/edit/<int:post_id>/history/<int:number>/name": WRITERS,
    "POST /blog/preview": WRITERS,
    "GET /blog/edit/<int:post_id>/preview": WRITERS,
    "GET /blog/edit/<int:post_id>/preview-links": WRITERS,
    "POST /blog/edit/<int:post_id>/preview-links": WRITERS,
    "POST /blog/edit/<int:post_id>/preview-links/<int:link_id>/revoke": WRITERS,
    "GET /preview/<token>": ANYBODY,
    "POST /preview/<token>": ANYBODY,
    "POST /blog/paste": WRITERS,
    "GET /blog/delete/<int:post_id>": WRITERS,
    "POST /blog/delete/<int:post_id>": WRITERS,
    "POST /blog/restore/<int:post_id>": WRITERS,
    "GET /blog/my-posts": WRITERS,
    "GET /blog/templates": WRITERS,
    "GET /blog/snippets": WRITERS,
    "GET /blog/snippets/search": WRITERS,
    "POST /blog/bulk": WRITERS,
    "GET /blog/bulk/<int:change_id>": WRITERS,
    "POST /blog/bulk/<int:change_id>/undo": WRITERS,
    # The administration.
    "GET /admin/": MODERATORS,
    "GET /admin/comments": MODERATORS,
    "POST /admin/comments": MODERATORS,
    "POST /admin/comments/undo": MODERATORS,
    f"POST /admin/comments/<int:comment_id>/{STEP}": MODERATORS,
    # Contributors bring in files, too: the library is no part of the administration.
    "GET /admin/media": WRITERS,
    "POST /admin/media": WRITERS,
    "GET /admin/media/<int:media_id>": WRITERS,
    "POST /admin/media/<int:media_id>": WRITERS,
    "POST /admin/media/<int:media_id>/edit": WRITERS,
    "POST /admin/media/<int:media_id>/replace": WRITERS,
    "GET /admin/media/<int:media_id>/delete": WRITERS,
    "POST /admin/media/<int:media_id>/delete": WRITERS,
    "POST /admin/media/<int:media_id>/restore": WRITERS,
    "POST /admin/media/files": WRITERS,
    "GET /admin/media/files/<int:media_id>": WRITERS,
    "POST /admin/media/uploads": WRITERS,
    "GET /admin/media/uploads/<upload_id>": WRITERS,
    "PATCH /admin/media/uploads/<upload_id>": WRITERS,
    "DELETE /admin/media/uploads/<upload_id>": WRITERS,
    "POST /admin/media/uploads/<upload_id>/finish": WRITERS,
    "GET /admin/posts": EDITORS,
    "POST /admin/posts": EDITORS,
    "GET /admin/pages": EDITORS,
    "GET /admin/pages/create": EDITORS,
    "POST /admin/pages/create": EDITORS,
    "GET /admin/pages/<int:page_id>": EDITORS,
    "POST /admin/pages/<int:page_id>": EDITORS,
    "GET /admin/pages/<int:page_id>/delete": EDITORS,
    "POST /admin/pages/<int:page_id>/delete": EDITORS,
    "POST /admin/pages/<int:page_id>/restore": EDITORS,
    "GET /admin/pages/<int:page_id>/purge": EDITORS,
    "POST /admin/pages/<int:page_id>/purge": EDITORS,
    "GET /admin/templates": EDITORS,
    "GET /admin/templates/create": EDITORS,
    "POST /admin/templates/create": EDITORS,
    "GET /admin/templates/<int:template_id>": EDITORS,
    "POST /admin/templates/<int:template_id>": EDITORS,
    "POST /admin/templates/<int:template_id>/delete": EDITORS,
    "GET /admin/snippets": EDITORS,
    "GET /admin/snippets/create": EDITORS,
    "POST /admin/snippets/create": EDITORS,
    "GET /admin/snippets/<int:snippet_id>": EDITORS,
    "POST /admin/snippets/<int:snippet_id>": EDITORS,
    "POST /admin/snippets/<int:snippet_id>/delete": EDITORS,
    "GET /admin/tags": EDITORS,
    "GET /admin/tags/create": EDITORS,
    "POST /admin/tags/create": EDITORS,
    "GET /admin/tags/<int:tag_id>": EDITORS,
    "POST /admin/tags/<int:tag_id>": EDITORS,
    "POST /admin/tags/<int:tag_id>/merge": EDITORS,
    "POST /admin/tags/<int:tag_id>/delete": EDITORS,
    "GET /admin/users": ADMINS,
    "GET /admin/users/invite": ADMINS,
    "POST /admin/users/invite": ADMINS,
    "GET /admin/users/invitations": ADMINS,
    "POST /admin/users/invitations/<int:invitation_id>/again": ADMINS,
    "POST /admin/users/invitations/<int:invitation_id>/withdraw": ADMINS,
    "GET /admin/users/<int:user_id>/delete": ADMINS,
    "POST /admin/users/<int:user_id>/delete": ADMINS,
    "POST /admin/users/<int:user_id>/role": ADMINS,
    "POST /admin/users/<int:user_id>/disable": ADMINS,
    "POST /admin/users/<int:user_id>/enable": ADMINS,
    "POST /admin/users/<int:user_id>/reset-link": ADMINS,
    "POST /admin/users/<int:user_id>/reset-factor": ADMINS,
    "POST /admin/users/<int:user_id>/end-tokens": ADMINS,
    "POST /admin/users/<int:user_id>/sign-out": ADMINS,
    "GET /admin/roles": ADMINS,
    "GET /admin/roles/create": ADMINS,
    "POST /admin/roles/create": ADMINS,
    "GET /admin/roles/<int:role_id>": ADMINS,
    "POST /admin/roles/<int:role_id>": ADMINS,
    "GET /admin/roles/<int:role_id>/delete": ADMINS,
    "POST /admin/roles/<int:role_id>/delete": ADMINS,
    "GET /admin/export": ADMINS,
    "POST /admin/export": ADMINS,
    "GET /admin/export/<int:export_id>/export.zip": ADMINS,
    "POST /admin/export/<int:export_id>/delete": ADMINS,
    "GET /admin/import": ADMINS,
    "POST /admin/import": ADMINS,
    "GET /admin/import/<int:upload_id>": ADMINS,
    "POST /admin/import/<int:upload_id>/run": ADMINS,
    "POST /admin/import/<int:upload_id>/stop": ADMINS,
    "POST /admin/import/<int:upload_id>/delete": ADMINS,
    "GET /admin/import/<int:upload_id>/<any(report, 'dry-run'):name>.json": ADMINS,
    "GET /admin/redirects": ADMINS,
    "POST /admin/redirects": ADMINS,
    "POST /admin/redirects/<int:redirect_id>/delete": ADMINS,
    "GET /admin/settings": ADMINS,
    "POST /admin/settings": ADMINS,
    "GET /admin/jobs": ADMINS,
    "GET /admin/cache": ADMINS,
    "POST /admin/cache/clear": ADMINS,
    "GET /admin/statistics": EDITORS,
    "POST /admin/jobs/<int:job_id>/retry": ADMINS,
    "POST /admin/jobs/<int:job_id>/cancel": ADMINS,
    "GET /admin/audit": ADMINS,
    "POST /admin/audit.csv": ADMINS,
}


def served(app):
    """Every method and rule that a browser can reach, but the developers' toolbar and the API."""
    return {
        f"{method} {rule.rule}"
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if not rule.rule.startswith(("/_debug", "/api/"))
    }


def path_of(rule):
    """An address of the rule at which nothing is: who may come in is decided before that is found out."""
    first = re.sub(r"<any\('?([\w.]+)[^>]*>", r"\1", rule)
    return re.sub(r"<[^>]+>", "99", first)


@pytest.mark.databases("sqlite")
def test_every_route_has_a_row_and_every_row_a_route(app):
    assert served(app) == ROUTES.keys()


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("role", sorted(ANYBODY))
def test_every_route_lets_in_whom_the_table_names(app, cast, new_client, sign_in, role):
    client = enter(cast, sign_in, new_client, role)
    wrong = []
    for row, allowed in ROUTES.items():
        method, rule = row.split(" ", 1)
        if row == "POST /auth/logout":
            continue
        response = send(client, method, path_of(rule))
        assert response.status_code < 500, row
        if is_let_in(response) is not (role in allowed):
            wrong.append((row, response.status))
    assert wrong == []
    assert is_let_in(send(client, "POST", "/auth/logout"))
