"""Tells the editor's script the URLs that it calls, and the state of the working copy."""

from dataclasses import dataclass

from flask import current_app, url_for

from masthead.errors import NotFound
from masthead.posts import checks
from masthead.posts.models import Post
from masthead.presets import queries as presets
from masthead.presets.models import PostTemplate


@dataclass(frozen=True, slots=True)
class EditorPage:
    """The URLs of an editor; those of a post are empty for a new one."""

    edit_url: str
    working_copy_url: str
    presence_url: str
    discard_url: str
    preview_url: str
    #: The page of the post with its working copy, as readers would see it.
    view_url: str
    preview_links_url: str
    #: The URL of a post without its slug, as search results show it.
    post_url_prefix: str
    has_working_copy: bool
    #: True if the publication has checks that keep a text from being published.
    has_blocking_checks: bool


def page_of(post: Post | None, *, has_working_copy: bool) -> EditorPage:
    """Return the URLs of a post's editor."""
    site = str(current_app.config["SITE_URL"])
    prefix = site.rstrip("/") + url_for("site.post", slug="-").removesuffix("-")
    preview = url_for("posts_desk_previews.preview")
    blocks = bool(checks.blocking())
    if post is None:
        return EditorPage(
            "", "", "", "", preview, "", "", prefix, has_working_copy=False, has_blocking_checks=blocks
        )
    return EditorPage(
        edit_url=url_for("posts_desk.edit", post_id=post.id),
        working_copy_url=url_for("posts_desk_working_copy.autosave", post_id=post.id),
        presence_url=url_for("posts_desk_working_copy.presence", post_id=post.id),
        discard_url=url_for("posts_desk_working_copy.discard", post_id=post.id),
        preview_url=preview,
        view_url=url_for("previews.own", post_id=post.id),
        preview_links_url=url_for("posts_desk_previews.index", post_id=post.id),
        post_url_prefix=prefix,
        has_working_copy=has_working_copy,
        has_blocking_checks=blocks,
    )


def begun_with(template_id: str | None) -> dict[str, str]:
    """Return the fields of a new post that begins with this post template; raises `NotFound`."""
    if template_id is None:
        return {}
    if not (template_id.isascii() and template_id.isdigit() and len(template_id) < 19):
        raise NotFound(f"There is no such {PostTemplate.KIND}.")
    template = presets.get(PostTemplate, int(template_id))
    return {"title": template.title, "body": template.body, "tags": ", ".join(template.tags)}
