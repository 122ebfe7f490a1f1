"""The page cache for administrators: how often it answers, how full it is, and a button that clears it."""

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
    """How often each process of the server on this machine answers from memory, and how full that is."""
    is_on, home = current_app.config["PAGE_CACHE"], Path(current_app.config["MASTHEAD_HOME"])
    processes = dict(counters.of_processes(home)) if is_on else {}
    return render_template("admin/cache.html", is_on=is_on, processes=processes)


@bp.post("/cache/clear")
@requires(Permission.MANAGE_JOBS)
def clear() -> ResponseReturnValue:
    """Let every process of the server, on every machine, make each page anew."""
    clear_cache.clear(by=current_user())
    db.session.commit()
    flash("Page cache cleared.")
    return redirect(url_for("cache_admin.show"), code=303)
