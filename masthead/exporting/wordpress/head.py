"""The beginning of the export: the site, its authors, categories, tags and menu."""

from collections.abc import Iterator
from datetime import datetime
from email.utils import format_datetime
from html import escape

from sqlalchemy import select
from sqlalchemy.orm import Session

from masthead.exporting import queries
from masthead.exporting.addresses import SiteAddresses
from masthead.exporting.wordpress.logins import login_of
from masthead.exporting.wordpress.xml_text import element, plain
from masthead.people.models import User
from masthead.posts.models import PostTag
from masthead.settings.publication import Publication
from masthead.tags.models import Tag

VERSION = "1.2"
MENU = "main"
START = """<?xml version="1.0" encoding="UTF-8" ?>
<!-- An export of Masthead for WordPress: in WordPress choose Tools, Import, WordPress. -->
<rss version="2.0"
	xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"
	xmlns:content="http://purl.org/rss/1.0/modules/content/"
	xmlns:wfw="http://wellformedweb.org/CommentAPI/"
	xmlns:dc="http://purl.org/dc/elements/1.1/"
	xmlns:wp="http://wordpress.org/export/1.2/"
>
<channel>
"""
END = "</channel>\n</rss>\n"


def channel(site: Publication, addresses: SiteAddresses, at: datetime) -> str:
    """The site."""
    return (
        element("title", escape(site.title, quote=False))
        + plain("link", addresses.site)
        + element("description", escape(site.tagline, quote=False))
        + plain("pubDate", format_datetime(at))
        + plain("language", site.language)
        + plain("wp:wxr_version", VERSION)
        + plain("wp:base_site_url", addresses.site)
        + plain("wp:base_blog_url", addresses.site)
    )


def author(user: User) -> str:
    """An author. WordPress makes an account of each, or asks whom to credit instead."""
    inner = (
        plain("wp:author_id", user.id)
        + element("wp:author_login", login_of(user))
        + element("wp:author_email", user.email or "")
        + element("wp:author_display_name", user.display_name)
        + element("wp:author_first_name", "")
        + element("wp:author_last_name", "")
    )
    return f"<wp:author>\n{inner}</wp:author>\n"


def terms(session: Session) -> Iterator[str]:
    """The tags: those that lead some post are its category in WordPress, all others are tags."""
    leading = set(session.scalars(select(PostTag.tag_id).where(PostTag.position == 0).distinct()))
    following = set(session.scalars(select(PostTag.tag_id).where(PostTag.position > 0).distinct()))
    for tag in queries.tags(session):
        if tag.id in leading:
            yield _category(tag)
        if tag.id in following or tag.id not in leading:
            yield _tag(tag)


def term_at(session: Session, slug: str) -> tuple[str, int] | None:
    """The taxonomy and the number of the tag with this slug."""
    tag_id = session.scalar(select(Tag.id).where(Tag.slug == slug))
    if tag_id is None:
        return None
    leads = session.scalar(
        select(PostTag.tag_id).where(PostTag.tag_id == tag_id, PostTag.position == 0).limit(1)
    )
    return ("category", tag_id * 2) if leads is not None else ("post_tag", tag_id * 2 + 1)


def _category(tag: Tag) -> str:
    inner = (
        plain("wp:term_id", tag.id * 2)
        + element("wp:category_nicename", tag.slug)
        + element("wp:category_parent", "")
        + element("wp:cat_name", escape(tag.name, quote=False))
        + element("wp:category_description", escape(tag.description, quote=False))
    )
    return f"<wp:category>\n{inner}</wp:category>\n"


def _tag(tag: Tag) -> str:
    inner = (
        plain("wp:term_id", tag.id * 2 + 1)
        + element("wp:tag_slug", tag.slug)
        + element("wp:tag_name", escape(tag.name, quote=False))
        + element("wp:tag_description", escape(tag.description, quote=False))
    )
    return f"<wp:tag>\n{inner}</wp:tag>\n"


def menu() -> str:
    """The navigation as a menu; its entries are items."""
    inner = (
        plain("wp:term_id", 1)
        + element("wp:term_taxonomy", "nav_menu")
        + element("wp:term_slug", MENU)
        + element("wp:term_parent", "")
        + element("wp:term_name", "Main menu")
    )
    return f"<wp:term>\n{inner}</wp:term>\n"
