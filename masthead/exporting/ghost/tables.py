"""The rows of Ghost's tables."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from masthead.comments.models import Comment, CommentStatus
from masthead.embeds import display
from masthead.exporting.addresses import SiteAddresses
from masthead.exporting.credits import credited
from masthead.exporting.ghost.fields import (
    LOCALE_CHARACTERS,
    card,
    fitting_slug,
    identity,
    moment,
    number,
    row,
)
from masthead.exporting.ghost.places import Places
from masthead.pages.models import Page
from masthead.people.models import User
from masthead.posts.lifecycle import State
from masthead.posts.models import Post
from masthead.settings.publication import Publication
from masthead.tags.models import Tag
from masthead.text.slugs import slugify

#: Roles that every Ghost has. Nobody becomes the owner, who is there already.
ROLES: Final = ("Administrator", "Editor", "Author", "Contributor")
_ROLES_OF: Final = {"administrator": "Administrator", "editor": "Editor", "author": "Author"}
_STATUSES: Final = {State.PUBLISHED: "published", State.SCHEDULED: "scheduled"}


@dataclass(slots=True)
class TableWriter:
    """Makes rows."""

    addresses: SiteAddresses
    places: Places
    #: Bodies are Markdown, for people who go on writing it; otherwise HTML, so that pages look as here.
    as_markdown: bool
    at: datetime
    #: The number of values that are shorter in Ghost.
    cut: int = 0
    taken: set[str] = field(default_factory=set)

    def _row(self, **values: Any) -> dict[str, Any]:
        made, cut = row(**values)
        self.cut += cut
        return made

    def post(self, post: Post) -> dict[str, Any]:
        """A post."""
        address = self.addresses.post(post.slug)
        language = post.language or ""
        return self._row(
            id=number("post", post.id),
            uuid=identity(address),
            title=post.title,
            slug=fitting_slug(post.slug, post.id),
            **self._body(post, address),
            feature_image=self.places.in_address(post.lead_image) if post.lead_image else None,
            featured=False,
            type="post",
            status=_STATUSES.get(post.state, "draft"),
            locale=language if 0 < len(language) <= LOCALE_CHARACTERS else None,
            visibility="public",
            created_at=moment(post.created_at),
            updated_at=moment(post.updated_at),
            published_at=moment(post.published_at),
            custom_excerpt=post.summary or None,
            canonical_url=post.canonical_url,
        )

    def page(self, page: Page, slug: str) -> dict[str, Any]:
        """A page, with a slug that no post has."""
        address = self.addresses.page(page.slug)
        return self._row(
            id=number("page", page.id),
            uuid=identity(address),
            title=page.title,
            slug=fitting_slug(slug, page.id),
            **self._body(page, address),
            feature_image=None,
            featured=False,
            type="page",
            status="published" if page.is_public else "draft",
            visibility="public",
            created_at=moment(page.created_at),
            updated_at=moment(page.updated_at),
            published_at=moment(page.created_at) if page.is_public else None,
            custom_excerpt=page.summary or None,
        )

    def _body(self, text: Post | Page, address: str) -> dict[str, str]:
        html = self.places.in_html(display.for_feeds([text.html])[0], address)
        body = (
            card("markdown", self.places.in_markdown(text.body)) if self.as_markdown else card("html", html)
        )
        return {"mobiledoc": body, "html": html}

    def meta(self, post: Post) -> dict[str, Any]:
        """The words of a post for search engines and cards."""
        return self._row(
            id=number("post", post.id),
            post_id=number("post", post.id),
            meta_title=post.meta_title or None,
            meta_description=post.meta_description or None,
            og_title=post.card_title or None,
            og_description=post.card_description or None,
            og_image=self.places.in_address(post.card_image) if post.card_image else None,
            feature_image_alt=post.lead_alt or None,
            feature_image_caption=post.lead_caption or None,
        )

    def tag(self, tag: Tag) -> dict[str, Any]:
        """A tag."""
        return self._row(
            id=number("tag", tag.id),
            # A tag with a number sign in front is internal in Ghost.
            name=tag.name.lstrip("#") or tag.slug,
            slug=tag.slug,
            description=tag.description or None,
            visibility="public",
            created_at=moment(tag.created_at),
            updated_at=moment(tag.updated_at),
        )

    def user(self, user: User) -> dict[str, Any]:
        """An author. Ghost makes them an account without a password, and asks for an address of each."""
        slug = self.slug_of(user)
        return self._row(
            id=number("user", user.id),
            name=user.display_name,
            slug=slug,
            email=user.email or f"{slug}@example.com",
            profile_image=self.places.in_address(user.avatar) if user.avatar else None,
            bio=user.bio or None,
            website=user.website or None,
            status="active",
            visibility="public",
            created_at=moment(user.created_at),
            updated_at=moment(user.created_at),
        )

    def slug_of(self, user: User) -> str:
        """The slug of an author, which only one has."""
        slug = slugify(user.username)[:150]
        if slug in self.taken:
            slug = f"{slug}-{user.id}"
        self.taken.add(slug)
        return slug

    def role_link(self, user: User) -> dict[str, Any]:
        """The role of an author."""
        name = "Contributor" if user.is_byline else _ROLES_OF.get(user.role.name, "Contributor")
        return {
            "id": number("link", user.id),
            "role_id": number("role", ROLES.index(name)),
            "user_id": number("user", user.id),
        }

    def tag_links(self, post: Post) -> Iterator[dict[str, Any]]:
        """The tags of a post, most important first."""
        for order, tag in enumerate(post.tags):
            yield {"post_id": number("post", post.id), "tag_id": number("tag", tag.id), "sort_order": order}

    def author_links(self, post: Post) -> Iterator[dict[str, Any]]:
        """The authors of a post, in order."""
        for order, user in enumerate(credited(post)):
            yield {
                "post_id": number("post", post.id),
                "author_id": number("user", user.id),
                "sort_order": order,
            }

    def comment(self, comment: Comment, above: int | None, root: int | None) -> dict[str, Any]:
        """A comment. Ghost's threads have one level, and remember which comment was answered."""
        return {
            "id": number("comment", comment.id),
            "post_id": number("post", comment.post_id),
            "member_id": number("user", comment.author_id),
            "parent_id": number("comment", root) if root is not None else None,
            "in_reply_to_id": number("comment", above) if above is not None else None,
            "status": "published" if comment.status is CommentStatus.APPROVED else "hidden",
            "html": self.places.in_html(comment.html, self.addresses.site + "/"),
            "created_at": moment(comment.created_at),
            "updated_at": moment(comment.edited_at or comment.created_at),
        }


def roles() -> Iterator[dict[str, Any]]:
    """The roles."""
    for order, name in enumerate(ROLES):
        yield {"id": number("role", order), "name": name, "description": name}


def settings(site: Publication, places: Places) -> Iterator[dict[str, Any]]:
    """The settings that Ghost has as well."""
    links = [{"label": link.label, "url": places.in_address(link.path)} for link in site.navigation]
    values = {
        "title": site.title,
        "description": site.tagline or site.description,
        "accent_color": site.accent,
        "locale": site.language,
        "timezone": site.time_zone,
        "navigation": json.dumps(links, ensure_ascii=False),
    }
    for order, (key, value) in enumerate(values.items()):
        yield {"id": number("setting", order), "group": "site", "key": key, "type": "string", "value": value}
