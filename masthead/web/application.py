"""The Flask application, with memoized URL building and a faster form parser."""

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import IO, Any, Final
from urllib.parse import unquote_to_bytes

import structlog
from flask import Flask, Request, Response, got_request_exception, has_request_context, request
from flask.globals import request_ctx
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import InternalServerError, SecurityError
from werkzeug.formparser import FormDataParser
from werkzeug.routing import MapAdapter, Rule
from werkzeug.wsgi import get_host

from masthead.text import hosts

AfterRequest = Callable[..., Any]
log = structlog.get_logger(__name__)

#: Size of the URL cache: enough for the posts, people and tags that are shown most.
REMEMBERED: Final = 5_000


class FormParser(FormDataParser):
    """Werkzeug's parser, but faster for percent-encoded forms: Werkzeug calls Python for each non-UTF-8 byte."""

    def parse(
        self,
        stream: IO[bytes],
        mimetype: str,
        content_length: int | None,
        options: dict[str, str] | None = None,
    ) -> tuple[IO[bytes], MultiDict[str, str], MultiDict[str, Any]]:
        """Parse the fields and files of a form; `masthead.web.middleware.body_limits` has counted them."""
        if mimetype != "application/x-www-form-urlencoded":
            return super().parse(stream, mimetype, content_length, options)
        fields = MultiDict(
            (_unquoted(name), _unquoted(value))
            for name, _, value in (field.partition(b"=") for field in stream.read().split(b"&") if field)
        )
        return stream, fields, MultiDict()


def _unquoted(text: bytes) -> str:
    return unquote_to_bytes(text.replace(b"+", b" ")).decode("utf-8", "replace")


class FormRequest(Request):
    """A request that uses `FormParser`."""

    form_data_parser_class = FormParser


class LazyRule(Rule):
    """A URL rule that compiles its two builder functions when the first URL is built.

    Werkzeug compiles the builders of every rule at the start, which is most of the time that making an application
    takes.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        compiled: Callable[..., tuple[str, str]] | None = None

        def build(rule: LazyRule, /, **values: Any) -> tuple[str, str]:
            nonlocal compiled
            if compiled is None:
                compiled = super(LazyRule, rule)._compile_builder(append_unknown)
            return compiled(rule, **values)

        return build


class Application(Flask):
    """A Flask application that builds each URL once.

    A page holds dozens of URLs, and Werkzeug takes longer to build one than Jinja to render the paragraph around it.
    Within a request URLs are paths that depend only on the endpoint, its values and the mount point of the
    application.
    """

    request_class = FormRequest
    url_rule_class = LazyRule

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._path = lru_cache(REMEMBERED)(self._built)

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """Extend Flask's adapter: accept upper-case hosts and every notation of an IPv6 address."""
        if request is None:
            return super().create_url_adapter(request)
        host = request.environ.get("HTTP_HOST", "")
        if not hosts.is_trusted(host, self.config["TRUSTED_HOSTS"]):
            raise SecurityError
        request.host = get_host(request.environ).lower()
        return self.url_map.bind_to_environ(
            request.environ, server_name=self.config["SERVER_NAME"], subdomain=self.url_map.default_subdomain
        )

    def url_for(
        self,
        /,
        endpoint: str,
        *,
        _anchor: str | None = None,
        _method: str | None = None,
        _scheme: str | None = None,
        _external: bool | None = None,
        **values: Any,
    ) -> str:
        """Extend Flask's `url_for`: memoize plain URLs within requests."""
        options = {"_anchor": _anchor, "_method": _method, "_scheme": _scheme, "_external": _external}
        is_plain = not any(options.values()) and endpoint[:1] != "."
        # 1 and True are one dict key, but make different URLs.
        if is_plain and _is_in_a_request() and all(type(value) in (str, int) for value in values.values()):
            return self._path(request.environ.get("SCRIPT_NAME", ""), endpoint, *values.items())
        return super().url_for(endpoint, **options, **values)  # type: ignore[arg-type]

    def process_response(self, response: Response) -> Response:
        """Run the after-request functions; one that fails becomes an error page, and the others still run.

        Flask would send the error page without the headers that the remaining functions set.
        """
        after = (*_after_this_request(), *self._after_requests(), self._save_session)
        for function in after:
            try:
                response = self.ensure_sync(function)(response)
            except Exception as error:  # noqa: BLE001 (whatever it is, the reader gets a whole page)
                response = self._answer_to(error)
        return response

    def _after_requests(self) -> Iterator[AfterRequest]:
        """List the functions of the blueprint, then of the application, each in reverse order of registration."""
        for name in (*request.blueprints, None):
            yield from reversed(self.after_request_funcs.get(name, ()))

    def _save_session(self, response: Response) -> Response:
        if not self.session_interface.is_null_session(request_ctx.session):
            self.session_interface.save_session(self, request_ctx.session, response)
        return response

    def _answer_to(self, error: Exception) -> Response:
        """Return the response of the error's handler; in tests an error without a handler propagates, as in Flask."""
        try:
            return self.make_response(self.handle_user_exception(error))
        except Exception as unhandled:
            got_request_exception.send(self, _async_wrapper=self.ensure_sync, exception=unhandled)
            if self.config["PROPAGATE_EXCEPTIONS"] or (
                self.config["PROPAGATE_EXCEPTIONS"] is None and (self.testing or self.debug)
            ):
                raise
            self.log_exception((type(unhandled), unhandled, unhandled.__traceback__))
            return self.make_response(
                self.handle_user_exception(InternalServerError(original_exception=unhandled))
            )

    def log_exception(self, exc_info: Any) -> None:
        """Suppress Flask's log line of an unhandled error: it has no request id and would duplicate ours."""
        log.error("unhandled error", exc_info=exc_info)

    def _built(self, _mounted_at: str, endpoint: str, *values: tuple[str, str | int]) -> str:
        return super().url_for(endpoint, **dict(values))  # type: ignore[arg-type]


def _after_this_request() -> list[AfterRequest]:
    """List the functions that this request registered with `flask.after_this_request`."""
    return list(request_ctx._after_request_functions)  # noqa: SLF001 (as Flask reads them)


def _is_in_a_request() -> bool:
    # A request for an untrusted host has no adapter, and no URLs can be built.
    return has_request_context() and request_ctx.url_adapter is not None
