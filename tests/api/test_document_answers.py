"""What the OpenAPI document says of every operation and every answer: words, shapes, examples and headers."""

import json

import jsonschema

from masthead.text.markdown import renderer
from tests.factories import PostFactory

EVERYWHERE = {"X-Request-ID", "API-Version", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"}
FURTHER = {
    "301": {"Location"},
    "304": {"ETag"},
    "401": {"WWW-Authenticate"},
    "429": {"Retry-After"},
}


def resolved(document, part):
    while "$ref" in part:
        _, _, kind, name = part["$ref"].split("/")
        part = document["components"][kind][name]
    return part


def operations(document):
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def answers(document):
    for name, operation in operations(document):
        for code, answer in operation["responses"].items():
            yield f"{name} {code}", code, resolved(document, answer)


def check(document, schema, example, place):
    whole = schema | {"components": document["components"]}
    problems = list(jsonschema.Draft202012Validator(whole).iter_errors(example))
    assert problems == [], place


def test_every_operation_has_words(document):
    names = set()
    for place, operation in operations(document):
        assert operation["summary"], place
        assert operation["description"], place
        assert operation["tags"], place
        assert operation["operationId"] not in names
        names.add(operation["operationId"])
        assert any(code < "300" for code in operation["responses"]), place


def test_every_parameter_has_a_description_and_an_example_that_fits(document):
    for place, operation in operations(document):
        for parameter in operation["parameters"]:
            where = f"{place} {parameter['name']}"
            assert parameter["description"], where
            for example in parameter["schema"]["examples"]:
                check(document, parameter["schema"], example, where)


def test_every_answer_has_a_shape_and_an_example_that_fits(document):
    for place, code, answer in answers(document):
        assert answer["description"], place
        if code in {"204", "301", "304"}:
            assert "content" not in answer, place
            continue
        kind = "application/json" if code < "400" else "application/problem+json"
        (content,) = answer["content"].items()
        assert content[0] == kind, place
        check(document, content[1]["schema"], content[1]["example"], place)
        if code >= "400":
            assert content[1]["example"]["status"] == int(code)


def test_every_body_has_an_example_that_fits(document):
    for place, operation in operations(document):
        for kind, content in operation.get("requestBody", {}).get("content", {}).items():
            if kind == "application/json":
                check(document, content["schema"], content["example"], place)
            # The fields of a form with a file have examples of their own.
            for name, field in content["schema"].get("properties", {}).items():
                for example in () if name == "file" else field["examples"]:
                    check(document, field, example, f"{place} {name}")


def test_every_header_is_described_with_an_example_that_fits(document):
    for name, header in document["components"]["headers"].items():
        assert header["description"], name
        check(document, header["schema"], header["schema"]["examples"][0], name)


def test_every_answer_names_the_headers_that_it_carries(document):
    for place, code, answer in answers(document):
        assert answer["headers"].keys() >= EVERYWHERE | FURTHER.get(code, set()), place


def test_lists_tell_of_their_links_and_states_of_their_tags(document):
    for place, operation in operations(document):
        taken = {parameter["name"] for parameter in operation["parameters"]}
        for code, answer in operation["responses"].items():
            if code >= "300" or code == "204":
                continue
            headers = answer["headers"].keys()
            assert ("Link" in headers) == ("page" in taken), place
            assert ("Idempotent-Replayed" in headers) == ("Idempotency-Key" in taken), place
            assert ("ETag" in headers) >= ("If-None-Match" in taken or "If-Match" in taken), place


def test_operations_name_the_tokens_that_they_take(document):
    assert document["components"]["securitySchemes"].keys() == {"access", "refresh"}
    by_place = dict(operations(document))
    assert by_place["POST /api/v1/posts"]["security"] == [{"access": []}]
    assert by_place["GET /api/v1/posts"]["security"] == [{}, {"access": []}]
    assert by_place["POST /api/v1/auth/refresh"]["security"] == [{"refresh": []}]
    assert "security" not in by_place["POST /api/v1/auth/login"]


def test_the_texts_of_the_examples_are_what_comes_of_them(document):
    for place, _, answer in answers(document):
        example = answer.get("content", {}).get("application/json", {}).get("example", {})
        if {"body", "html"} <= example.keys():
            profile = (
                renderer.SanitiserProfile.COMMENT if "post" in example else renderer.SanitiserProfile.ARTICLE
            )
            assert renderer.render(example["body"], profile=profile).html == example["html"], place


def test_the_examples_of_problems_say_what_is_answered(document, call, as_, cast):
    PostFactory(author=cast.walt, slug="the-ferry")
    walt = as_(cast.walt)
    met = [
        call("POST", "/posts", {}),
        as_(cast.rhea)("POST", "/posts", {"title": "x", "body": ""}),
        call("GET", "/posts/none"),
        walt("POST", "/posts", data=b"{", content_type="application/json"),
        walt("POST", "/posts", data=b"x" * 9_000_000, content_type="application/json"),
        walt("POST", "/posts", data=b"{}", content_type="text/plain"),
        walt("PATCH", "/posts/the-ferry", {"title": "x" * 301}, etag='"1"'),
        walt("PATCH", "/posts/the-ferry", {}),
        walt("PATCH", "/posts/the-ferry", {}, etag='"0"'),
    ]
    assert sorted(answer.status_code for answer in met) == [400, 401, 403, 404, 412, 413, 415, 422, 428]
    for answer in met:
        described = document["components"]["responses"][f"Problem{answer.status_code}"]
        example = described["content"]["application/problem+json"]["example"]
        assert answer.json | {"request_id": ""} == example | {"request_id": ""}
        assert set(described["headers"]) <= set(answer.headers.keys())


def test_the_page_shows_everything_without_scripts(client, document):
    page = client.read("/api/v1/docs")
    assert page.all("//script") == []
    shapes, problems = document["components"]["schemas"], document["components"]["responses"]
    sections = sum(map(len, document["paths"].values())) + len(shapes) + len(problems)
    assert len(page.all("//main//section")) == sections
    contents = [answer for _, code, answer in answers(document) if code < "300" and "content" in answer]
    bodies = [
        operation
        for _, operation in operations(document)
        if "application/json" in operation.get("requestBody", {}).get("content", {})
    ]
    samples = [json.loads(sample.text_content()) for sample in page.all("//main//details//pre")]
    assert len(samples) == len(contents) + len(bodies) + len(problems)
    assert all(answer["content"]["application/json"]["example"] in samples for answer in contents)
