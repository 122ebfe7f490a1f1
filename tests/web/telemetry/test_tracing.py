"""A collector of OpenTelemetry, played by a server that keeps what it is sent."""

import logging

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from masthead import jobs
from masthead.config import TestingConfig
from masthead.db import db
from masthead.jobs import registry
from masthead.jobs.runner import Runner
from masthead.web.telemetry import tracing

pytestmark = pytest.mark.databases("sqlite")
PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture
def start(make_app, collector):
    def make(**settings):
        made = make_app(OTEL_EXPORTER_OTLP_ENDPOINT=f"http://127.0.0.1:{collector.port}/", **settings)
        started.append(made)
        return made

    started = []
    yield make
    for app in started:
        app.extensions[tracing.EXTENSION].provider.shutdown()


def spans_of(site, collector):
    """What the collector has been told, with the facts about who told it."""
    site.extensions[tracing.EXTENSION].provider.force_flush()
    assert {path for path, _ in collector.bodies} == {"/v1/traces"}
    found = [
        resource
        for _, body in collector.bodies
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans
    ]
    spans = [span for resource in found for scope in resource.scope_spans for span in scope.spans]
    return spans, facts_of(found[0].resource)


def facts_of(told):
    return {fact.key: fact.value.string_value or fact.value.int_value for fact in told.attributes}


def test_request_and_its_statements_are_one_trace(start, collector, new_client):
    site = start(OTEL_SERVICE_NAME="magazine")
    response = new_client(site).get("/search?q=search-words", headers={"Cookie": "session=session-cookie"})
    spans, resource = spans_of(site, collector)
    (request,) = [span for span in spans if span.kind == Span.SPAN_KIND_SERVER]
    statements = [span for span in spans if span.kind == Span.SPAN_KIND_CLIENT]
    assert request.name == "GET /search"
    assert facts_of(request) == {
        "http.request.method": "GET",
        "http.route": "/search",
        "http.response.status_code": 200,
        "masthead.request_id": response.headers["X-Request-ID"],
    }
    assert statements
    assert {span.parent_span_id for span in statements} == {request.span_id}
    assert {span.trace_id for span in statements} == {request.trace_id}
    assert all(facts_of(span)["db.query.text"].startswith(span.name) for span in statements)
    assert all(request.start_time_unix_nano <= span.end_time_unix_nano for span in statements)
    assert resource["service.name"] == "magazine"
    assert not any(b"search-words" in body or b"session-cookie" in body for _, body in collector.bodies)


def test_failed_request_is_marked(start, collector, new_client):
    site = start()
    site.config["PROPAGATE_EXCEPTIONS"] = False
    site.view_functions["search.find"] = lambda: 1 / 0
    assert new_client(site).get("/search").status_code == 500
    spans, _ = spans_of(site, collector)
    (request,) = [span for span in spans if span.kind == Span.SPAN_KIND_SERVER]
    assert request.status.code == Status.STATUS_CODE_ERROR
    assert not request.status.message


def test_job_has_a_span(start, collector, monkeypatch):
    site = start()
    task = registry.find("jobs.forget_old")
    with site.app_context():
        job_id = jobs.enqueue(task)
        db.session.commit()
    Runner(site).run_due()
    spans, _ = spans_of(site, collector)
    (job,) = [span for span in spans if span.kind == Span.SPAN_KIND_CONSUMER]
    assert job.name == f"job {task.name}"
    assert facts_of(job) == {"masthead.job": job_id, "masthead.task": task.name}
    assert any(span.parent_span_id == job.span_id for span in spans)


def test_failed_job_is_marked_without_what_its_error_says(start, collector, monkeypatch):
    def fail():
        raise LookupError("ada@magazine.example")

    site, task = start(), registry.find("jobs.forget_old")
    monkeypatch.setitem(registry._tasks, task.name, registry.Task(task.name, fail))
    with site.app_context():
        jobs.enqueue(task)
        db.session.commit()
    Runner(site).run_due()
    spans, _ = spans_of(site, collector)
    (job,) = [span for span in spans if span.kind == Span.SPAN_KIND_CONSUMER]
    assert job.status.code == Status.STATUS_CODE_ERROR
    assert not any(b"ada@magazine.example" in body for _, body in collector.bodies)


@pytest.mark.parametrize(("proxies", "is_believed"), [(0, False), (1, True)])
def test_trace_of_a_caller_goes_on_only_behind_a_proxy(start, collector, new_client, proxies, is_believed):
    site = start(TRUSTED_PROXIES=proxies)
    new_client(site).get("/search", headers={"traceparent": PARENT})
    spans, _ = spans_of(site, collector)
    (request,) = [span for span in spans if span.kind == Span.SPAN_KIND_SERVER]
    assert (request.trace_id.hex() == PARENT.split("-")[1]) is is_believed


def test_missing_package_is_one_sentence_and_no_end(make_app, new_client, monkeypatch, caplog):
    monkeypatch.setattr(tracing, "PACKAGES", ("opentelemetry_that_is_not_there.sdk",))
    with caplog.at_level(logging.WARNING):
        site = make_app(OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:9")
    assert "masthead[opentelemetry]" in caplog.text
    assert new_client(site).get("/search").status_code == 200


@pytest.mark.parametrize("value", ["localhost:4318", "grpc://localhost:4317", "http://localhost:4318/?a=1"])
def test_address_that_is_no_collectors_is_refused(value):
    with pytest.raises(ValueError, match="must look like http://localhost:4318"):
        TestingConfig(OTEL_EXPORTER_OTLP_ENDPOINT=value)
