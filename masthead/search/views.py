"""The search page. Its answers are not cached: there are as many as there are queries."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from masthead.db import ResultPage
from masthead.search import queries
from masthead.search.queries import Hit
from masthead.search.wording import understood
from masthead.settings.queries import publication, zone
from masthead.web.access import public
from masthead.web.limits import throttling
from masthead.web.paging import page_number

bp = Blueprint("search", __name__)


@bp.get("/search")
@public
def find() -> ResponseReturnValue:
    """Show the results of a search."""
    typed = request.args.get("q", "").strip()
    wanted = understood(typed, zone=zone)
    page: ResultPage[Hit] | None = None
    if not wanted.is_empty:
        throttling.count("search", throttling.caller())
        page = queries.search(wanted, page=page_number(), per_page=publication().posts_per_page)
    meant = queries.near_words(typed, wanted) if page is not None and not page.total else []
    return render_template(
        "search/results.html", typed=typed, wanted=wanted, page=page, meant=meant, most=queries.WEIGHED
    )
