"""A proxy in front of us that keeps pages for the time when we are away (a "surrogate", Edge Architecture Specification 1.0).

`deploy/nginx.conf` announces itself. Whoever does not is told nothing, since a cache that was set up for something else could
take the permission for more than it is.
"""

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

CAPABILITY: Final = "HTTP_SURROGATE_CAPABILITY"
NGINX: Final = 'nginx="Surrogate/1.0"'
#: To nginx: keep it, but it was out of date long ago, so ask again each time.
PERMISSION: Final = ("X-Accel-Expires", "@1")


def permission(environ: "WSGIEnvironment") -> list[tuple[str, str]]:
    """The header that lets the proxy keep an answer that is for everybody."""
    return [PERMISSION] if environ.get(CAPABILITY) == NGINX else []
