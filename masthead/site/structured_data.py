"""Structured data of a page for search engines: schema.org in JSON-LD.

The element holds a data block, which browsers do not execute (HTML, "data block"), so the content security policy
allows it. In it, `<`, `>`, `&` and `'` are written as JSON escapes, so no text can end it.
"""

from collections.abc import Iterable
from typing import Any

from flask import current_app, url_for
from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup

from masthead.pages.links import page_url
from masthead.pages.models import Page
from masthead.people.models import User
from masthead.posts.links import author_url, post_url
from masthead.posts.models import Post
from masthead.settings.queries import publication
from masthead.tags.links import tag_url
from masthead.tags.models import Tag
from masthead.text.absolute import absolute as absolute_address

ELEMENT = Markup('<script type="application/ld+json">%s</script>')
Thing = dict[str, Any]
#: A name and a path.
Crumb = tuple[str, str]


def absolute(path: str) -> str:
    """Return the absolute URL of a path of this site; an absolute URL stays as it is."""
    return absolute_address(path, current_app.config["SITE_URL"])


def of_home() -> Markup:
    """Describe the publication."""
    site = _thing("WebSite", name=publication().title, url=absolute("/"), inLanguage=publication().language)
    site |= _given(description=publication().description or publication().tagline, publisher=_publisher())
    return _element([site])


def of_post(post: Post) -> Markup:
    """Describe a published post with all its authors and its breadcrumbs."""
    address = absolute(post_url(post))
    published = post.published_at or post.created_at
    article = _thing(
        "Article",
        headline=post.title,
        url=address,
        mainEntityOfPage=post.canonical_url or address,
        datePublished=published.isoformat(),
        dateModified=max(post.updated_at, published).isoformat(),
        author=[_person(user) for user in post.bylines or [post.author]],
        publisher=_publisher(),
        inLanguage=post.language or publication().language,
        wordCount=post.words,
        commentCount=post.comment_count,
    )
    article |= _given(
        description=post.standfirst,
        image=[absolute(post.lead_image)] if post.lead_image else None,
        articleSection=post.kicker.name if post.kicker else None,
        keywords=[tag.name for tag in post.tags],
    )
    above = [(post.kicker.name, tag_url(post.kicker))] if post.kicker else []
    return _element([article, _crumbs([*above, (post.title, post_url(post))])])


def of_author(user: User) -> Markup:
    """Describe a person who writes here."""
    person = _person(user) | _given(
        description=user.bio,
        sameAs=[user.website] if user.website else None,
        image=absolute(user.avatar) if user.avatar else None,
    )
    page = _thing("ProfilePage", url=absolute(author_url(user)), mainEntity=person)
    return _element([page, _crumbs([(user.display_name, author_url(user))])])


def of_tag(tag: Tag) -> Markup:
    """Describe the list of posts with a tag."""
    page = _thing("CollectionPage", name=tag.name, url=absolute(tag_url(tag)))
    return _element([page | _given(description=tag.description), _crumbs([(tag.name, tag_url(tag))])])


def of_page(page: Page) -> Markup:
    """Describe a page."""
    described = _thing(
        "WebPage", name=page.title, url=absolute(page_url(page)), dateModified=page.updated_at.isoformat()
    )
    return _element([described | _given(description=page.summary), _crumbs([(page.title, page_url(page))])])


def _person(user: User) -> Thing:
    return _thing("Person", name=user.display_name, url=absolute(author_url(user)))


def _publisher() -> Thing:
    return _thing("Organization", name=publication().title, url=absolute("/"))


def _crumbs(steps: Iterable[Crumb]) -> Thing:
    """Describe the breadcrumbs from the front page."""
    way = [(publication().title, url_for("site.home")), *steps]
    items = [
        _thing("ListItem", position=position, name=name, item=absolute(path))
        for position, (name, path) in enumerate(way, start=1)
    ]
    return _thing("BreadcrumbList", itemListElement=items)


def _thing(kind: str, **properties: Any) -> Thing:
    return {"@type": kind, **properties}


def _given(**properties: Any) -> Thing:
    return {name: value for name, value in properties.items() if value}


def _element(things: list[Thing]) -> Markup:
    return ELEMENT % htmlsafe_json_dumps(
        {"@context": "https://schema.org", "@graph": things}, ensure_ascii=False
    )
