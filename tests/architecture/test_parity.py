"""Everything that people do on pages, programs do by an operation of the API, or the table says why not.

A new form needs a row: the operations that do the same, or a reason in words.
"""

from dataclasses import dataclass

import pytest

from masthead.web.api.document import operations


@dataclass(frozen=True)
class Only:
    """Why there is no operation for it."""

    because: str


PASSKEY = Only("A passkey belongs to a browser and its origin; programs have tokens.")
KEYS = Only("It changes the keys of one's own account, which asks for a proof of identity in a browser.")
LETTER = Only("It follows a link in a letter, which a person opens.")
OWN_DATA = Only("A person takes their data along, or leaves, after a proof of identity in a browser.")
IMPORT = Only("A person moves in once, with a file of theirs; scripts use masthead import.")
EXPORT = Only("A person takes the publication along with a browser; scripts use masthead export.")
STEP = "<any(approve, reject, delete, restore, unapprove):step>"
PARITY: dict[str, tuple[str, ...] | Only] = {
    "/setup": Only(
        "It makes the first account with a link from the terminal; scripts use masthead user create."
    ),
    # Signing in, and links that are keys of their own.
    "/auth/register": ("POST /auth/register",),
    "/auth/login": ("POST /auth/login",),
    "/auth/login/passkey": PASSKEY,
    "/auth/second-step": ("POST /auth/login",),
    "/auth/second-step/passkey": PASSKEY,
    "/auth/logout": ("POST /auth/logout",),
    "/auth/forgot": LETTER,
    "/auth/reset/<token>": LETTER,
    "/auth/confirm/<token>": LETTER,
    "/auth/invitation/<token>": LETTER,
    "/auth/undo/<token>": LETTER,
    "/auth/emails/<token>": LETTER,
    # One's own account.
    "/auth/profile": ("PATCH /auth/me",),
    "/auth/profile/emails": ("PATCH /auth/me",),
    "/auth/privacy/download": OWN_DATA,
    "/auth/privacy/close": OWN_DATA,
    "/auth/sessions/<int:login_id>/end": ("DELETE /auth/sessions/<int:session_id>",),
    "/auth/sessions/end": ("POST /auth/sessions/end",),
    "/auth/confirm-identity": Only("A fresh sign-in by POST /auth/login is the proof of a program."),
    "/auth/confirm-identity/passkey": PASSKEY,
    "/auth/security/address": KEYS,
    "/auth/security/confirm": KEYS,
    "/auth/security/password": KEYS,
    "/auth/security/authenticator": KEYS,
    "/auth/security/authenticator/remove": KEYS,
    "/auth/security/passkeys/add": PASSKEY,
    "/auth/security/passkeys/<int:passkey_id>/remove": PASSKEY,
    "/auth/security/passkeys/<int:passkey_id>/rename": PASSKEY,
    "/auth/security/recovery-codes": KEYS,
    "/auth/security/tokens": ("POST /tokens",),
    "/auth/security/tokens/<int:token_id>/revoke": ("DELETE /tokens/<int:token_id>",),
    # Reading, commenting, writing.
    "/blog/post/<slug>/comment": ("POST /posts/<slug>/comments",),
    "/blog/comment/<int:comment_id>/edit": ("PATCH /comments/<int:comment_id>",),
    "/blog/comment/<int:comment_id>/delete": ("DELETE /comments/<int:comment_id>",),
    "/blog/create": ("POST /posts",),
    "/blog/edit/<int:post_id>": (
        "PUT /posts/<slug>",
        "PATCH /posts/<slug>",
        "POST /posts/<slug>/publish",
        "POST /posts/<slug>/unpublish",
    ),
    "/blog/edit/<int:post_id>/discard": ("DELETE /posts/<slug>/working-copy",),
    "/blog/edit/<int:post_id>/merge": ("PUT /posts/<slug>/working-copy", "POST /posts/<slug>/update"),
    "/blog/edit/<int:post_id>/presence": Only(
        "It says that somebody has a page open, which a program does not."
    ),
    "/blog/edit/<int:post_id>/history/<int:number>/name": ("PATCH /posts/<slug>/revisions/<int:number>",),
    "/blog/preview": ("POST /preview",),
    "/blog/edit/<int:post_id>/preview-links": ("POST /posts/<slug>/preview-links",),
    "/blog/edit/<int:post_id>/preview-links/<int:link_id>/revoke": (
        "DELETE /posts/<slug>/preview-links/<int:link_id>",
    ),
    "/preview/<token>": Only("A person who was given the link leaves a note on the page."),
    "/blog/paste": Only("It reads what a person copied; programs send Markdown."),
    "/blog/delete/<int:post_id>": ("DELETE /posts/<slug>",),
    "/blog/bulk": ("POST /posts/bulk",),
    "/blog/bulk/<int:change_id>/undo": ("POST /posts/bulk/<int:change_id>/undo",),
    "/blog/restore/<int:post_id>": ("POST /posts/<slug>/restore",),
    # The administration.
    "/admin/comments": ("POST /comments/<int:comment_id>/approve", "POST /comments/<int:comment_id>/reject"),
    f"/admin/comments/<int:comment_id>/{STEP}": (
        "POST /comments/<int:comment_id>/approve",
        "POST /comments/<int:comment_id>/reject",
        "DELETE /comments/<int:comment_id>",
        "POST /comments/<int:comment_id>/restore",
        "POST /comments/<int:comment_id>/unapprove",
    ),
    "/admin/comments/undo": (
        "POST /comments/<int:comment_id>/restore",
        "POST /comments/<int:comment_id>/unapprove",
    ),
    "/admin/posts": (
        "POST /posts/<slug>/publish",
        "POST /posts/<slug>/unpublish",
        "DELETE /posts/<slug>",
        "POST /posts/<slug>/restore",
    ),
    "/admin/pages/create": ("POST /pages",),
    "/admin/pages/<int:page_id>": ("PATCH /pages/<slug>",),
    "/admin/pages/<int:page_id>/delete": ("DELETE /pages/<slug>",),
    "/admin/pages/<int:page_id>/restore": ("POST /pages/<slug>/restore",),
    "/admin/pages/<int:page_id>/purge": ("DELETE /pages/<slug>",),
    "/admin/media": ("POST /media",),
    "/admin/media/<int:media_id>": ("PATCH /media/<int:media_id>",),
    "/admin/media/<int:media_id>/edit": ("PUT /media/<int:media_id>/edit",),
    "/admin/media/<int:media_id>/replace": ("PUT /media/<int:media_id>/file",),
    "/admin/media/<int:media_id>/delete": ("DELETE /media/<int:media_id>",),
    "/admin/media/<int:media_id>/restore": ("POST /media/<int:media_id>/restore",),
    "/admin/media/files": ("POST /media",),
    "/admin/media/uploads": ("POST /media/uploads",),
    "/admin/media/uploads/<upload_id>/finish": ("POST /media/uploads/<upload_id>/finish",),
    "/admin/import": IMPORT,
    "/admin/import/<int:upload_id>/run": IMPORT,
    "/admin/import/<int:upload_id>/stop": IMPORT,
    "/admin/import/<int:upload_id>/delete": IMPORT,
    "/admin/export": EXPORT,
    "/admin/export/<int:export_id>/delete": EXPORT,
    "/admin/redirects": ("POST /redirects",),
    "/admin/redirects/<int:redirect_id>/delete": ("DELETE /redirects/<int:redirect_id>",),
    "/blog/edit/<int:post_id>/history/<int:number>/restore": (
        "POST /posts/<slug>/revisions/<int:number>/restore",
    ),
    "/admin/templates/create": ("POST /templates",),
    "/admin/templates/<int:template_id>": ("PATCH /templates/<int:template_id>",),
    "/admin/templates/<int:template_id>/delete": ("DELETE /templates/<int:template_id>",),
    "/admin/snippets/create": ("POST /snippets",),
    "/admin/snippets/<int:snippet_id>": ("PATCH /snippets/<int:snippet_id>",),
    "/admin/snippets/<int:snippet_id>/delete": ("DELETE /snippets/<int:snippet_id>",),
    "/admin/tags/create": ("POST /tags",),
    "/admin/tags/<int:tag_id>": ("PATCH /tags/<slug>",),
    "/admin/tags/<int:tag_id>/merge": ("POST /tags/<slug>/merge",),
    "/admin/tags/<int:tag_id>/delete": ("DELETE /tags/<slug>",),
    "/admin/users/invite": ("POST /users/invitations",),
    "/admin/users/invitations/<int:invitation_id>/again": ("POST /users/invitations",),
    "/admin/users/invitations/<int:invitation_id>/withdraw": (
        "DELETE /users/invitations/<int:invitation_id>",
    ),
    "/admin/users/<int:user_id>/delete": ("DELETE /users/<int:user_id>",),
    "/admin/users/<int:user_id>/role": ("PATCH /users/<int:user_id>",),
    "/admin/users/<int:user_id>/disable": ("PATCH /users/<int:user_id>",),
    "/admin/users/<int:user_id>/enable": ("PATCH /users/<int:user_id>",),
    "/admin/users/<int:user_id>/reset-link": ("POST /users/<int:user_id>/reset-link",),
    "/admin/users/<int:user_id>/reset-factor": ("POST /users/<int:user_id>/reset-factor",),
    "/admin/users/<int:user_id>/end-tokens": ("DELETE /users/<int:user_id>/tokens",),
    "/admin/users/<int:user_id>/sign-out": ("POST /users/<int:user_id>/sign-out",),
    "/admin/roles/create": ("POST /roles",),
    "/admin/roles/<int:role_id>": ("PATCH /roles/<name>",),
    "/admin/roles/<int:role_id>/delete": ("DELETE /roles/<name>",),
    "/admin/settings": ("PATCH /settings",),
    "/admin/jobs/<int:job_id>/retry": ("POST /jobs/<int:job_id>/retry",),
    "/admin/jobs/<int:job_id>/cancel": ("POST /jobs/<int:job_id>/cancel",),
    "/admin/cache/clear": ("DELETE /cache",),
    "/admin/audit.csv": ("GET /audit",),
}
#: Pages of tools that show what nothing else shows, and the operations that tell the same.
SHOWN = {
    "/admin/statistics": "GET /statistics",
    "/admin/jobs": "GET /jobs",
    "/admin/cache": "GET /cache",
    "/admin/audit": "GET /audit",
    "/admin/users": "GET /users",
    "/admin/users/invitations": "GET /users/invitations",
    "/admin/roles": "GET /roles",
    "/admin/settings": "GET /settings",
    "/admin/tags": "GET /tags",
    "/admin/templates": "GET /templates",
    "/admin/snippets": "GET /snippets",
    "/blog/templates": "GET /templates",
    "/blog/snippets": "GET /snippets",
    "/admin/pages": "GET /pages",
    "/admin/posts": "GET /posts",
    "/admin/media": "GET /media",
    "/admin/comments": "GET /comments",
    "/search": "GET /search",
    "/auth/sessions": "GET /auth/sessions",
    "/auth/security/tokens": "GET /tokens",
}


def offered(app):
    return {f"{method} {rule.rule.removeprefix('/api/v1')}" for rule, method, _, _ in operations(app)}


@pytest.mark.databases("sqlite")
def test_every_form_has_its_operation_or_a_reason(app):
    forms = {
        rule.rule
        for rule in app.url_map.iter_rules()
        if "POST" in rule.methods and not rule.rule.startswith(("/_debug", "/api/"))
    }
    assert forms == PARITY.keys()
    named = {name for row in PARITY.values() if not isinstance(row, Only) for name in row}
    assert (named | set(SHOWN.values())) - offered(app) == set()


@pytest.mark.databases("sqlite")
def test_every_page_of_the_table_is_there(app):
    pages = {rule.rule for rule in app.url_map.iter_rules() if "GET" in rule.methods}
    assert SHOWN.keys() - pages == set()


def test_every_reason_is_a_sentence():
    for row in PARITY.values():
        assert not isinstance(row, Only) or (row.because.endswith(".") and len(row.because.split()) > 5)
