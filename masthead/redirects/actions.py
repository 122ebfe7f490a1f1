"""Keeping old addresses alive."""

from masthead.db import claim
from masthead.redirects.models import PATH_CHARACTERS, Redirect, Target
from masthead.redirects.queries import normal_path


def keep(old_path: str, *, kind: Target, target_id: int) -> bool:
    """Lead an old path to a row; False if the path is too long, the front page, or leads somewhere already."""
    path = normal_path(old_path)
    if path == "/" or len(path) > PATH_CHARACTERS:
        return False
    return claim(Redirect, Redirect.path, path, kind=kind.value, target_id=target_id)


def keep_url(old_path: str, *, url: str) -> bool:
    """Lead an old path to an address."""
    path = normal_path(old_path)
    if path == "/" or len(path) > PATH_CHARACTERS or normal_path(url) == path:
        return False
    return claim(Redirect, Redirect.path, path, kind=Target.URL.value, target_url=url)
