"""Actions on posts and pages alike. Rendering, the expensive part, happens before: see `masthead.content.rendering`."""

from datetime import datetime

from masthead.content.errors import StaleVersion
from masthead.content.models import Content
from masthead.content.rendering import RenderedText
from masthead.media import external
from masthead.text.anchors import with_kept_ids
from masthead.unset import chosen


def check_version(content: Content, seen: int | None) -> None:
    """Raise `StaleVersion` if the writer saw another version than the present one; None checks nothing."""
    if seen is not None and seen != content.version:
        raise StaleVersion(kind=content.KIND, expected=seen, actual=content.version)


def set_text(content: Content, rendered: RenderedText, *, at: datetime) -> None:
    """Set the text of a post or page that is being created or revised."""
    content.title = rendered.title
    content.summary = chosen(rendered.summary, content.summary or "")
    content.body = rendered.body
    content.html = with_kept_ids(external.with_copies(rendered.html), content.html or "")
    content.toc = [list(heading) for heading in rendered.toc]
    content.updated_at = at
