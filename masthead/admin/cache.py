"""The page cache for administrators: hit rates, fill level, and a button that clears it."""

from pathlib import Path

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from masthead.db import db
from masthead.pagecache import clear_cache, counters
from masthead.people.access import current_user, requires
from masthead.people.permissions import Permission

bp = Blueprint("cache_admin", __name__)


@bp.get("/cache")
@requires(Permission.MANAGE_JOBS)
def show() -> ResponseReturnValue:
    """Show the hit rate and the fill level of each server process on this machine."""
    is_on, home = current_app.config["PAGE_CACHE"], Path(current_app.config["MASTHEAD_HOME"])
    processes = dict(counters.of_processes(home)) if is_on else {}
    return render_template("admin/cache.html", is_on=is_on, processes=processes)


@bp.post("/cache/clear")
@requires(Permission.MANAGE_JOBS)
def clear() -> ResponseReturnValue:
    """Clear the page cache of every server process on every machine."""
    clear_cache.clear(by=current_user())
    db.session.commit()
    flash("Page cache cleared.")
    return redirect(url_for("cache_admin.show"), code=303)
