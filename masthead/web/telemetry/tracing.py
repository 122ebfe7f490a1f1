"""OpenTelemetry traces of requests, jobs and statements, if a collector is configured and the extra is installed.

The spans are our own (https://opentelemetry.io/docs/specs/semconv/http/http-spans/): the instrumentation packages
record client addresses, paths that hold secrets, and search terms. Ours have the method, the route, the status, the
request id and the text of statements without values. Page cache hits have no span.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

import structlog
from flask import Flask, Response, current_app, g, request

from masthead import __version__
from masthead.config import Config
from masthead.db import db, observe
from masthead.jobs import current_job
from masthead.web.exit_hooks import ExitHook
from masthead.web.telemetry import request_id
from masthead.web.telemetry.metrics import KNOWN_METHODS, NO_ROUTE

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Span, Tracer

log = structlog.get_logger(__name__)

EXTENSION: Final = "masthead.tracing"
PACKAGES: Final = ("opentelemetry.sdk", "opentelemetry.exporter.otlp.proto.http")
MISSING: Final = (
    "OTEL_EXPORTER_OTLP_ENDPOINT is set, but what sends traces is not installed, so the collector hears of nothing. Run "
    "`make extras`, or: pip install 'masthead[opentelemetry]'"
)
#: Path below the collector's URL: https://opentelemetry.io/docs/specs/otlp/#otlphttp-request
PATH: Final = "/v1/traces"
#: Maximum length of a statement in a span.
SHOWN_CHARACTERS: Final = 2_000
NANOSECONDS: Final = 1_000_000_000


def is_missing() -> bool:
    """Tell if the extra is not installed."""
    return not all(map(_is_installed, PACKAGES))


def _is_installed(package: str) -> bool:
    with suppress(ModuleNotFoundError):
        return find_spec(package) is not None
    return False


def init_app(app: Flask, config: Config) -> None:
    """Trace each request, job and statement, if a collector is configured."""
    if not config.OTEL_EXPORTER_OTLP_ENDPOINT:
        return
    if is_missing():
        log.warning(MISSING)
        return
    tracing = Tracing(_provider(config), believes_callers=config.TRUSTED_PROXIES > 0)
    app.extensions[EXTENSION] = tracing
    app.before_request(_begin)
    app.after_request(_note_status)
    app.teardown_request(_end)
    app.extensions[current_job.AROUND] = tracing.around_job


def observe_statements(app: Flask) -> None:
    """Trace statements, too; call this when the database is bound to the application."""
    if EXTENSION in app.extensions:
        observe(app, app.extensions[EXTENSION].note_statement)


def _provider(config: Config) -> "TracerProvider":
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    facts = {
        "service.name": config.OTEL_SERVICE_NAME,
        "service.version": __version__,
        "deployment.environment.name": config.ENVIRONMENT,
    }
    provider = TracerProvider(resource=Resource.create(facts), shutdown_on_exit=False)
    exporter = OTLPSpanExporter(config.OTEL_EXPORTER_OTLP_ENDPOINT + PATH)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    return provider


class Tracing:
    """The tracer of one application."""

    def __init__(self, provider: "TracerProvider", *, believes_callers: bool) -> None:
        self.provider = provider
        self._tracer: Tracer = provider.get_tracer("masthead", __version__)
        #: Continues a trace only for a trusted proxy; otherwise clients could write into traces.
        self._believes_callers = believes_callers
        self._exit_hook = ExitHook(provider.shutdown)

    def begin_request(self) -> "Span":
        """Start the span of a request."""
        from opentelemetry.trace import SpanKind
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        self._exit_hook.register()
        carrier = dict(request.headers) if self._believes_callers else {}
        carrier = {name.lower(): value for name, value in carrier.items()}
        route = request.url_rule.rule if request.url_rule is not None else NO_ROUTE
        method = request.method if request.method in KNOWN_METHODS else "_OTHER"
        return self._tracer.start_span(
            f"{method} {route}",
            TraceContextTextMapPropagator().extract(carrier),
            kind=SpanKind.SERVER,
            attributes={
                "http.request.method": method,
                "http.route": route,
                "masthead.request_id": request_id.current(),
            },
        )

    @contextmanager
    def around_job(self, job_id: int, name: str) -> Iterator[None]:
        """Trace a job; a failed one is marked, without its error message."""
        from opentelemetry.trace import SpanKind, StatusCode

        self._exit_hook.register()
        facts: dict[str, str | int] = {"masthead.job": job_id, "masthead.task": name}
        # A job starts a trace of its own: it may run hours after the request that queued it.
        with self._tracer.start_as_current_span(
            f"job {name}",
            kind=SpanKind.CONSUMER,
            attributes=facts,
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            try:
                yield
            except Exception:
                span.set_status(StatusCode.ERROR)
                raise

    def note_statement(self, seconds: float, statement: str) -> None:
        """Record the span of a finished statement, if it belongs to a request or a job."""
        from opentelemetry.trace import SpanKind, get_current_span

        if not get_current_span().is_recording():
            return
        text = " ".join(statement.split())[:SHOWN_CHARACTERS]
        facts = {"db.system.name": db.engine.dialect.name, "db.query.text": text}
        ended = time.time_ns()
        began = ended - int(seconds * NANOSECONDS)
        kind = text.partition(" ")[0].upper()
        span = self._tracer.start_span(kind, kind=SpanKind.CLIENT, attributes=facts, start_time=began)
        span.end(ended)


def _begin() -> None:
    from opentelemetry import context, trace

    span = current_app.extensions[EXTENSION].begin_request()
    g.span, g.span_token = span, context.attach(trace.set_span_in_context(span))
    structlog.contextvars.bind_contextvars(trace_id=f"{span.get_span_context().trace_id:032x}")


def _note_status(response: Response) -> Response:
    from opentelemetry.trace import StatusCode

    if "span" in g:
        g.span.set_attribute("http.response.status_code", response.status_code)
        if response.status_code >= 500:
            g.span.set_status(StatusCode.ERROR)
    return response


def _end(_error: Any = None) -> None:
    from opentelemetry import context

    if "span" in g:
        g.pop("span").end()
        context.detach(g.pop("span_token"))
