"""Security headers (through Talisman), trusted proxies, and addresses that cannot be text."""

from flask import Flask, Response, request
from flask_talisman import Talisman
from werkzeug.exceptions import BadRequest
from werkzeug.middleware.proxy_fix import ProxyFix

from masthead.config import Config
from masthead.text.plain import is_storable

#: No nonce and no inline exception, so that the same page can be kept for every reader.
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


def init_app(app: Flask, config: Config) -> None:
    """Set the headers of every answer, believe the configured number of proxies, and refuse unstorable addresses."""
    Talisman(
        app,
        content_security_policy=DEVELOPMENT_POLICY
        if config.ENVIRONMENT == "development"
        else CONTENT_SECURITY_POLICY,
        force_https=config.is_https,
        strict_transport_security=config.is_https,
        session_cookie_secure=config.is_https,
        frame_options="DENY",
        # Flask-WTF compares the Referer on https, so "no-referrer" would refuse every form.
        referrer_policy="same-origin",
        x_xss_protection=False,
    )
    if config.TRUSTED_PROXIES:
        hops = config.TRUSTED_PROXIES
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    app.before_request(_refuse_unstorable_address)
    app.after_request(_isolate)


def _refuse_unstorable_address() -> None:
    """NUL and invalid UTF-8 name nothing that could exist; PostgreSQL would refuse them with an error."""
    texts = [
        request.path,
        *request.args.keys(),
        *(value for values in request.args.listvalues() for value in values),
    ]
    if not all(is_storable(text) for text in texts):
        raise BadRequest


def _isolate(response: Response) -> Response:
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    return response
