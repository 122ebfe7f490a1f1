"""The items of the export: posts, pages, files and entries of the menu."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from email.utils import format_datetime
from html import escape
from urllib.parse import quote

from masthead.exporting.addresses import SiteAddresses
from masthead.exporting.credits import credited
from masthead.exporting.wordpress import bodies
from masthead.exporting.wordpress.logins import login_of
from masthead.exporting.wordpress.xml_text import attribute, cdata, element, meta, plain
from masthead.media.links import PREFIX
from masthead.media.models import Media
from masthead.pages.models import Page
from masthead.posts.lifecycle import State
from masthead.posts.models import Post
from masthead.tags.models import Tag

NEVER = "0000-00-00 00:00:00"
_STATUSES = {
    State.DRAFT: "draft",
    State.IN_REVIEW: "pending",
    State.SCHEDULED: "future",
    State.PUBLISHED: "publish",
}


@dataclass(frozen=True, slots=True)
class MenuItem:
    """An entry of a menu: of a page, of a category or tag, or of an address."""

    number: int
    order: int
    menu: str
    label: str
    type: str
    object: str
    object_id: int
    address: str = ""


@dataclass(frozen=True, slots=True)
class ItemWriter:
    """Writes items. Posts, pages and files have one row of numbers in WordPress: each kind begins behind the last."""

    addresses: SiteAddresses
    zone: tzinfo
    #: The language of the publication, which needs no term.
    language: str
    pages_from: int
    posts_from: int

    def media(self, file: Media, words: tuple[str, str]) -> str:
        """A file of the library, with its alternative text and its caption. WordPress fetches it from its address."""
        alt, caption = words
        address = self.addresses.media(file.path)
        number = file.id
        inner = (
            self._frame(file.name or file.path, address, number, login_of(file.owner) if file.owner else "")
            + element("content:encoded", "")
            + element("excerpt:encoded", escape(caption, quote=False))
            + self._state(number, "attachment", "inherit", file.path.replace("/", "-").rpartition(".")[0])
            + self._dates(file.created_at, file.created_at)
            + element("wp:attachment_url", address)
            + meta("_wp_attached_file", file.path)
            + (meta("_wp_attachment_image_alt", alt) if alt else "")
        )
        return f"<item>\n{inner}</item>\n"

    def page(self, page: Page, old_slugs: Iterable[str]) -> str:
        """A page."""
        address, number = self.addresses.page(page.slug), self.pages_from + page.id
        inner = (
            self._frame(page.title, address, number, "")
            + element("content:encoded", bodies.body(page.html, address))
            + element("excerpt:encoded", escape(page.summary, quote=False))
            + self._state(number, "page", "publish" if page.is_public else "draft", page.slug)
            + self._dates(page.created_at if page.is_public else None, page.updated_at)
            + "".join(meta("_wp_old_slug", quote(slug)) for slug in old_slugs)
        )
        return f"<item>\n{inner}</item>\n"

    def post(self, post: Post, old_slugs: Iterable[str], thumbnail: int | None) -> str:
        """A post; its comments and the end of the item follow."""
        address, number = self.addresses.post(post.slug), self.posts_from + post.id
        is_public = post.state in {State.PUBLISHED, State.SCHEDULED}
        people = credited(post)
        inner = (
            self._frame(post.title, address, number, login_of(people[0]))
            + element("content:encoded", bodies.body(post.html, address))
            + element("excerpt:encoded", escape(post.summary, quote=False))
            + self._state(number, "post", _STATUSES[post.state], post.slug, is_open=post.comments_open)
            + self._dates(post.published_at if is_public else None, post.updated_at)
            + _terms(post.tags)
            + "".join(_coauthor(login_of(one)) for one in people if len(people) > 1)
            + self._languages(post)
            + self._fields(post, old_slugs, thumbnail)
        )
        return f"<item>\n{inner}"

    def menu_entry(self, entry: MenuItem) -> str:
        """An entry of the menu."""
        fields = {
            "_menu_item_type": entry.type,
            "_menu_item_menu_item_parent": 0,
            "_menu_item_object_id": entry.object_id,
            "_menu_item_object": entry.object,
            "_menu_item_target": "",
            "_menu_item_classes": 'a:1:{i:0;s:0:"";}',
            "_menu_item_xfn": "",
            "_menu_item_url": entry.address,
        }
        name, title = attribute(entry.menu), cdata("Main menu")
        inner = (
            self._frame(entry.label, f"{self.addresses.site}/?p={entry.number}", entry.number, "")
            + element("content:encoded", "")
            + element("excerpt:encoded", "")
            + self._state(entry.number, "nav_menu_item", "publish", f"menu-{entry.order}", order=entry.order)
            + f'<category domain="nav_menu" nicename={name}>{title}</category>\n'
            + "".join(meta(key, value) for key, value in fields.items())
        )
        return f"<item>\n{inner}</item>\n"

    def _frame(self, title: str, address: str, number: int, login: str) -> str:
        return (
            element("title", escape(title, quote=False))
            + plain("link", address)
            + element("dc:creator", login)
            + f'<guid isPermaLink="false">{escape(f"{self.addresses.site}/?p={number}")}</guid>\n'
            + "<description></description>\n"
        )

    def _state(
        self,
        number: int,
        kind: str,
        status: str,
        slug: str,
        *,
        is_open: bool = False,
        order: int = 0,
    ) -> str:
        return (
            plain("wp:post_id", number)
            + element("wp:comment_status", "open" if is_open else "closed")
            + element("wp:ping_status", "closed")
            + element("wp:post_name", quote(slug).lower())
            + element("wp:status", status)
            + plain("wp:post_parent", 0)
            + plain("wp:menu_order", order)
            + element("wp:post_type", kind)
            + element("wp:post_password", "")
            + plain("wp:is_sticky", 0)
        )

    def _dates(self, published: datetime | None, changed: datetime) -> str:
        shown = published or changed
        return (
            plain("pubDate", format_datetime(shown.astimezone(UTC)))
            + element("wp:post_date", moment(shown, self.zone))
            # A draft has no universal time, by which WordPress sees that it was never public.
            + element("wp:post_date_gmt", moment(shown, UTC) if published else NEVER)
            + element("wp:post_modified", moment(changed, self.zone))
            + element("wp:post_modified_gmt", moment(changed, UTC))
        )

    def _languages(self, post: Post) -> str:
        """The terms of Polylang, where a text has another language or translations."""
        found = ""
        if post.language and post.language != self.language:
            found += _term("language", post.language, post.language)
        if post.translation_key:
            found += _term("post_translations", post.translation_key, post.translation_key)
        return found

    def _fields(self, post: Post, old_slugs: Iterable[str], thumbnail: int | None) -> str:
        picture = self.addresses.absolute(post.card_image) if post.card_image else ""
        fields = {
            "_thumbnail_id": thumbnail or "",
            "_yoast_wpseo_title": escape(post.meta_title, quote=False),
            "_yoast_wpseo_metadesc": escape(post.meta_description, quote=False),
            "_yoast_wpseo_canonical": post.canonical_url or "",
            "_yoast_wpseo_opengraph-title": escape(post.card_title, quote=False),
            "_yoast_wpseo_opengraph-description": escape(post.card_description, quote=False),
            "_yoast_wpseo_opengraph-image": picture,
        }
        former = "".join(meta("_wp_old_slug", quote(slug)) for slug in old_slugs)
        return former + "".join(meta(key, value) for key, value in fields.items() if value)


def moment(at: datetime, zone: tzinfo) -> str:
    """A date as WordPress writes it."""
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M:%S}"


def path_of_media(address: str | None) -> str:
    """The path of a stored file in the address of a lead picture; '' for a picture elsewhere."""
    return address.removeprefix(PREFIX).partition("?")[0] if address and address.startswith(PREFIX) else ""


def _terms(tags: list[Tag]) -> str:
    """The first tag as the category, the others as tags."""
    kinds = ["category", *["post_tag"] * len(tags)]
    return "".join(_term(kind, tag.slug, tag.name) for kind, tag in zip(kinds, tags, strict=False))


def _coauthor(login: str) -> str:
    """A term of Co-Authors Plus."""
    return _term("author", f"cap-{login}", login)


def _term(domain: str, slug: str, name: str) -> str:
    words = cdata(escape(name, quote=False))
    return f"<category domain={attribute(domain)} nicename={attribute(slug)}>{words}</category>\n"
