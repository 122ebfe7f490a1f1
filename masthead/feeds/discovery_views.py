"""The site map and robots.txt."""

import hashlib

from flask import Blueprint, Response, current_app, request, url_for
from flask.typing import ResponseReturnValue

from masthead import pagecache
from masthead.errors import NotFound
from masthead.feeds import robots, sections, site_map
from masthead.settings.queries import publication
from masthead.web.access import public
from masthead.web.middleware.sessionless import sessionless

bp = Blueprint("discovery", __name__)

SECTIONS = f"<any({', '.join((site_map.LISTS, *sections.SECTIONS))}):section>"


@bp.get("/sitemap.xml")
@public
@pagecache.cached()
@sessionless
def whole_site_map() -> ResponseReturnValue:
    """The site map of the whole site, or the index of its files."""
    return _answer(site_map.whole(), "application/xml")


@bp.get(f"/sitemap-{SECTIONS}-<int:number>.xml")
@public
@pagecache.cached()
@sessionless
def site_map_part(section: str, number: int) -> ResponseReturnValue:
    """One file of the site map of a large site."""
    body = site_map.part(section, number)
    if body is None:
        raise NotFound("The site map has no such file.")
    return _answer(body, "application/xml")


@bp.get("/robots.txt")
@public
@pagecache.cached()
@sessionless
def robots_txt() -> ResponseReturnValue:
    """The rules for crawlers."""
    address = f"{current_app.config['SITE_URL']}{url_for('discovery.whole_site_map')}"
    return _answer(robots.text(publication(), site_map_url=address).encode(), "text/plain")


def _answer(body: bytes, media_type: str) -> Response:
    response = Response(body, content_type=f"{media_type}; charset=utf-8")
    response.set_etag(hashlib.sha256(body).hexdigest()[:32])
    response.cache_control.public = True
    response.cache_control.no_cache = True
    response.make_conditional(request)
    return response
