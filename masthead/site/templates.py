"""Registers functions of the features with the templates: the publication, the visitor, and URLs."""

from typing import Any

from flask import Flask
from markupsafe import Markup

from masthead.comments.links import comment_url
from masthead.embeds import display
from masthead.media import external, markup
from masthead.pages.links import page_url
from masthead.posts.links import author_url, post_url
from masthead.settings.queries import publication
from masthead.site import dates, structured_data
from masthead.tags.links import tag_url
from masthead.text import languages, pictures
from masthead.web import static_copies
from masthead.web.middleware import security_headers
from masthead.web.middleware.static_files import asset_url


def init_app(app: Flask) -> None:
    """Register them."""
    app.jinja_env.globals |= {
        "absolute": structured_data.absolute,
        "author_url": author_url,
        "comment_url": comment_url,
        "is_static": static_copies.is_static,
        "page_url": page_url,
        "post_url": post_url,
        "structured_data": structured_data,
        "tag_url": tag_url,
    }
    dates.init_app(app)
    app.jinja_env.globals |= {
        "for_page": display.for_page,
        "file_url": markup.file_url,
        "is_shown": external.is_shown,
        "media_files": _media_files,
        "card_picture": markup.card_picture,
        "picture_of": markup.picture,
        "portrait_of": markup.portrait,
    }
    app.context_processor(_publication)


def _publication() -> dict[str, Any]:
    found = publication()
    return {"publication": found, "is_right_to_left": languages.is_right_to_left(found.language)}


def _media_files(html: str) -> Markup:
    """Return the links to the style sheet and the script of pictures, players and cards, for a text that shows some."""
    if not pictures.has_media(html):
        return Markup()
    styles = Markup('<link rel="stylesheet" href="{}">').format(asset_url("css/media.css"))
    styles += markup.focus_styles(html)
    if not security_headers.frames_players(html):
        return styles
    return styles + Markup('<script type="module" src="{}"></script>').format(asset_url("js/embeds.js"))
