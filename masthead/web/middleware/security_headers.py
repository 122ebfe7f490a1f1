"""Security headers (through Talisman), and the refusal of URLs that are no text."""

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, request, session
from flask_talisman import Talisman
from werkzeug.exceptions import BadRequest

from masthead.config import Config
from masthead.text import players
from masthead.text.plain import is_storable
from masthead.web.middleware import proxies

#: No nonce and no inline exception, so that one cached page serves every reader.
CONTENT_SECURITY_POLICY: dict[str, str] = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "media-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
}
#: Flask-DebugToolbar writes its script and styles into the page.
DEVELOPMENT_POLICY = CONTENT_SECURITY_POLICY | {
    "script-src": "'self' 'unsafe-inline'",
    "style-src": "'self' 'unsafe-inline'",
}

#: Browser features that pages use; all others are denied.
NEEDED_FEATURES = (
    "clipboard-write",
    "fullscreen",
    "publickey-credentials-create",
    "publickey-credentials-get",
)
REFUSED_FEATURES = (
    "accelerometer",
    "autoplay",
    "bluetooth",
    "browsing-topics",
    "camera",
    "captured-surface-control",
    "clipboard-read",
    "compute-pressure",
    "digital-credentials-create",
    "digital-credentials-get",
    "display-capture",
    "encrypted-media",
    "gamepad",
    "geolocation",
    "gyroscope",
    "hid",
    "identity-credentials-get",
    "idle-detection",
    "interest-cohort",
    "keyboard-map",
    "language-detector",
    "language-model",
    "local-fonts",
    "magnetometer",
    "microphone",
    "midi",
    "on-device-speech-recognition",
    "otp-credentials",
    "payment",
    "picture-in-picture",
    "private-state-token-issuance",
    "private-state-token-redemption",
    "screen-wake-lock",
    "serial",
    "speaker-selection",
    "storage-access",
    "summarizer",
    "sync-xhr",
    "translator",
    "usb",
    "window-management",
    "xr-spatial-tracking",
)
PERMISSIONS_POLICY = dict.fromkeys(REFUSED_FEATURES, "()") | dict.fromkeys(NEEDED_FEATURES, "(self)")

#: Features that players of other sites use, on the pages that have some.
PLAYER_FEATURES = ("autoplay", "encrypted-media", "fullscreen", "picture-in-picture")
#: The mark of a player in the HTML of a page; the sanitiser lets no text have it.
PLAYER_MARK = " data-frame="

#: Content types that may load from STATIC_URL.
STATIC_DIRECTIVES = ("script-src", "style-src", "img-src", "font-src")

_ORIGINS = " ".join(f'"{origin}"' for origin in players.ORIGINS)
_PLAYER_PERMISSIONS = ", ".join(
    f"{name}={allowed}"
    for name, allowed in (PERMISSIONS_POLICY | dict.fromkeys(PLAYER_FEATURES, f"(self {_ORIGINS})")).items()
)

View = TypeVar("View", bound=Callable[..., Any])
#: Attribute of a view with its own policy.
OWN_POLICY = "masthead_content_security_policy"


def own_policy(policy: str) -> Callable[[View], View]:
    """Declare a different, stricter policy for the view; its error pages keep the default."""

    def decorate(view: View) -> View:
        setattr(view, OWN_POLICY, policy)
        return view

    return decorate


def frames_players(html: str) -> bool:
    """Return whether the HTML of a page has players of other sites."""
    return PLAYER_MARK in html


def allow_players(html: str) -> None:
    """Let the response of this request frame the known players, if its HTML has some."""
    if frames_players(html):
        g.frames_players = True


def also_over_http(view: View) -> View:
    """Declare that the view answers http without a redirect to https: health probes are no browsers."""
    setattr(view, "talisman_view_options", {"force_https": False})  # noqa: B010 (as Talisman's own decorator does)
    return view


def init_app(app: Flask, config: Config) -> None:
    """Set the headers of every response, and refuse unstorable URLs."""
    # Functions that run after a request run in reverse order: this one after Talisman's, whose header it replaces.
    app.after_request(_apply_own_policy)
    app.after_request(_allow_players)
    Talisman(
        app,
        content_security_policy=content_security_policy(config),
        force_https=config.is_https,
        strict_transport_security=config.is_https,
        strict_transport_security_include_subdomains=config.HSTS_INCLUDE_SUBDOMAINS,
        session_cookie_secure=config.is_https,
        permissions_policy=PERMISSIONS_POLICY,
        frame_options="DENY",
        # Flask-WTF compares the Referer on https, so "no-referrer" would refuse every form.
        referrer_policy="same-origin",
        x_xss_protection=False,
    )
    proxies.init_app(app, config)
    app.before_request(_refuse_unstorable_address)
    app.after_request(_isolate)
    app.after_request(_keep_private)


def content_security_policy(config: Config) -> dict[str, str]:
    """Return the default policy, including the origin of STATIC_URL."""
    policy = DEVELOPMENT_POLICY if config.ENVIRONMENT == "development" else CONTENT_SECURITY_POLICY
    if not config.STATIC_URL:
        return policy
    parts = urlsplit(config.STATIC_URL)
    return policy | {name: f"{policy[name]} {parts.scheme}://{parts.netloc}" for name in STATIC_DIRECTIVES}


def has_session() -> bool:
    """Tell if the request has a session, or its response starts one."""
    return current_app.config["SESSION_COOKIE_NAME"] in request.cookies or session.modified


def _refuse_unstorable_address() -> None:
    """Refuse NUL and invalid UTF-8 in URLs: they name nothing, and PostgreSQL raises an error for them."""
    texts = [
        request.path,
        *request.args.keys(),
        *(value for values in request.args.listvalues() for value in values),
    ]
    if not all(is_storable(text) for text in texts):
        raise BadRequest


def _apply_own_policy(response: Response) -> Response:
    policy = getattr(current_app.view_functions.get(request.endpoint or ""), OWN_POLICY, None)
    if policy is not None and response.status_code < 400:
        response.headers["Content-Security-Policy"] = policy
    return response


def _allow_players(response: Response) -> Response:
    """Name the providers of players in the policies, where a page has a player; elsewhere nothing can be framed."""
    if g.get("frames_players") and response.status_code < 400:
        frames = f"; frame-src {' '.join(players.ORIGINS)}"
        response.headers["Content-Security-Policy"] += frames
        response.headers["Permissions-Policy"] = _PLAYER_PERMISSIONS
    return response


def _keep_private(response: Response) -> Response:
    """Forbid caching of pages for a session, also in the browser's history after sign-out."""
    if has_session() and response.mimetype == "text/html" and "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "private, no-store"
    return response


def _isolate(response: Response) -> Response:
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    return response
