"""The comments of a post, with their threads and states."""

from datetime import UTC, tzinfo

from masthead.comments.models import Comment, CommentStatus
from masthead.exporting.wordpress import bodies
from masthead.exporting.wordpress.items import moment
from masthead.exporting.wordpress.xml_text import element, plain


def comment(found: Comment, above: int | None, address: str, zone: tzinfo, *, is_author: bool) -> str:
    """A comment. Its author is an account in WordPress only if the export has them as an author."""
    person = found.author
    inner = (
        plain("wp:comment_id", found.id)
        + element("wp:comment_author", person.display_name)
        + element("wp:comment_author_email", person.email or "")
        + plain("wp:comment_author_url", person.website)
        + element("wp:comment_author_IP", "")
        + element("wp:comment_date", moment(found.created_at, zone))
        + element("wp:comment_date_gmt", moment(found.created_at, UTC))
        + element("wp:comment_content", bodies.body(found.html, address))
        + element("wp:comment_approved", "1" if found.status is CommentStatus.APPROVED else "0")
        + element("wp:comment_type", "comment")
        + plain("wp:comment_parent", above or 0)
        + plain("wp:comment_user_id", person.id if is_author else 0)
    )
    return f"<wp:comment>\n{inner}</wp:comment>\n"
