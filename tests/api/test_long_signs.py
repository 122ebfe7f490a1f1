"""Signs that fold to whole phrases or take four bytes, as many as a field may hold: no column or index is too narrow (security.md row 66).

PostgreSQL refuses what is longer than its column, and words and keys that are too long for an index; SQLite takes all.
"""

import pytest

from tests.factories import PostFactory

#: One sign that is 18 letters when it is folded, one of four bytes, and a plain letter.
SIGNS = ["\ufdfa", "\U0001f600", "W"]


def longest(schema, sign):
    """The text of this sign with as many characters as the field takes."""
    for part in schema.get("anyOf", [schema]):
        if part.get("type") == "string" and "format" not in part and "enum" not in part:
            return sign * min(part.get("maxLength", 5_000), 5_000)
    return None


def bodies(document, operation, sign):
    """A body with each text at its longest, the others as in the example; and one with all of them."""
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    name = content.get("schema", {}).get("$ref", "").rpartition("/")[2]
    if not name:
        return
    properties = document["components"]["schemas"][name].get("properties", {})
    example = {field: schema["examples"][0] for field, schema in properties.items() if schema.get("examples")}
    for field, schema in properties.items():
        text = longest(schema, sign)
        if text is not None:
            yield field, example | {field: text}
        items = schema.get("items") or next(
            (part.get("items") for part in schema.get("anyOf", []) if part.get("items")), None
        )
        if items is not None and longest(items, sign) is not None:
            yield field, example | {field: [longest(items, sign)]}


@pytest.mark.parametrize("sign", SIGNS)
def test_no_operation_fails_at_the_longest_text_of_any_sign(make_app, new_client, cast, as_, sign):
    app = make_app(RATELIMIT_ENABLED=False)
    post = PostFactory(author=cast.ada)
    ada = as_(cast.ada)
    ada.client = new_client(app)
    document = ada("GET", "/openapi.json").json
    failed, sent = [], 0
    for path, operations in document["paths"].items():
        filled = (
            path.removeprefix("/api/v1")
            .replace("{slug}", str(post.slug))
            .replace("{user_id}", str(cast.walt.id))
        )
        for method, operation in operations.items():
            if method not in {"post", "put", "patch"} or "/auth/log" in path:
                continue
            for field, body in bodies(document, operation, sign):
                sent += 1
                answer = ada(method.upper(), filled.replace("{name}", "author"), body, etag="*")
                if answer.status_code >= 500:
                    failed.append((method, path, field, answer.status_code))
    assert sent > 40
    assert failed == []


@pytest.mark.parametrize("sign", SIGNS)
def test_no_page_fails_at_a_question_of_such_signs(client, cast, sign):
    PostFactory(author=cast.walt)
    for path in ("/search?q={}", "/blog/tag/{}", "/blog/author/{}", "/blog/post/{}", "/api/v1/search?q={}", "/api/v1/users?q={}",
                 "/api/v1/tags?q={}", "/api/v1/posts?tag={}", "/api/v1/posts?author={}", "/{}", "/page/{}"):  # fmt: skip
        for count in (1, 60, 200):
            assert client.get(path.format(sign * count)).status_code < 500, (path, count)
