"""CORS for the API (Fetch, "CORS protocol"): the origins of the settings, never with credentials."""

from flask import Flask, Response, request
from flask_cors import CORS

from masthead.config import Config


def init_app(app: Flask, config: Config) -> None:
    """Allow the configured origins below ``/api/``; without any, no CORS headers are sent."""
    if config.CORS_ORIGINS:
        CORS(
            app,
            resources={r"/api/.*": {"origins": list(config.CORS_ORIGINS)}},
            supports_credentials=False,
            send_wildcard=False,
            vary_header=True,
            allow_headers=[
                "Authorization",
                "Content-Type",
                "If-Match",
                "If-None-Match",
                "Idempotency-Key",
                "API-Version",
            ],
            expose_headers=[
                "ETag",
                "Idempotent-Replayed",
                "Link",
                "Location",
                "X-Request-ID",
                "Retry-After",
                "API-Version",
                "RateLimit-Limit",
                "RateLimit-Remaining",
                "RateLimit-Reset",
            ],
            max_age=600,
        )
        app.after_request(_vary)


def _vary(response: Response) -> Response:
    """Vary by Origin: a shared cache must not serve one origin's headers to another."""
    if request.path.startswith("/api/"):
        response.vary.add("Origin")
    return response
