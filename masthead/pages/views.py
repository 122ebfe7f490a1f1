"""Pages for readers."""

from flask import Blueprint, redirect, render_template
from flask.typing import ResponseReturnValue

from masthead import pagecache
from masthead.embeds import display
from masthead.errors import NotFound
from masthead.pages import queries
from masthead.pages.cache_topics import PAGES
from masthead.pages.links import ABOUT, url_of
from masthead.people.access import visitor
from masthead.people.permissions import Permission
from masthead.web.access import public
from masthead.web.middleware.security_headers import allow_players

bp = Blueprint("pages", __name__)


@bp.get("/about")
@public
@pagecache.cached()
def about() -> ResponseReturnValue:
    """Show the "About" page; until one is written, the publication's name and description."""
    try:
        return _answer(ABOUT)
    except NotFound:
        # The first public page at this slug replaces it.
        pagecache.depends_on(PAGES)
        return render_template("pages/about.html")


@bp.get("/page/<slug>")
@public
@pagecache.cached()
def show(slug: str) -> ResponseReturnValue:
    """Show a page, or redirect to its present slug."""
    if slug == ABOUT:
        return redirect(url_of(ABOUT), code=301)
    return _answer(slug)


def _answer(slug: str) -> ResponseReturnValue:
    try:
        page = queries.by_slug(slug)
    except NotFound:
        present = queries.present_slug(slug)
        if present is None:
            raise
        return redirect(url_of(present), code=301)
    user = visitor()
    can_edit = user is not None and user.can(Permission.MANAGE_PAGES)
    if not page.is_public and not can_edit:
        raise NotFound("There is no such page.")
    text = display.for_page(page.html)
    allow_players(text)
    return render_template("pages/page.html", page=page, text=text, can_edit=can_edit)
