"""Which other sites' scripts may call the API (Fetch, "CORS protocol"): those of the settings, and never with cookies."""

from flask import Flask, Response, request
from flask_cors import CORS

from masthead.config import Config


def init_app(app: Flask, config: Config) -> None:
    """Answer the origins of the settings below ``/api/``; without any, no origin is answered."""
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
    """Whoever keeps an answer keeps it for one origin; what is answered to others differs in its headers."""
    if request.path.startswith("/api/"):
        response.vary.add("Origin")
    return response
