"""The page that describes the API to people: how to begin, what there is, and in which order."""

import pytest

from masthead.web.api.groups import GROUPS

pytestmark = pytest.mark.databases("sqlite")


@pytest.fixture
def page(client):
    return client.read("/api/v1/docs")


def test_the_page_begins_with_a_request_that_works(page, client, cast, sign_in):
    headings = page.texts("//main//h2")
    assert headings[:3] == ["A first request", "How it works", "Contents"]
    samples = " ".join(page.texts("//main//pre")[:2])
    assert "http://localhost/api/v1/posts?per_page=5" in samples
    assert "Authorization: Bearer $TOKEN" in samples
    assert client.get("/api/v1/posts?per_page=5").status_code == 200
    assert "/auth/security/tokens" in page.links
    assert sign_in(cast.walt).get("/auth/security/tokens").status_code == 200


def test_the_contents_lead_to_every_operation_in_the_order_of_the_page(page, document):
    targets = [link.get("href").removeprefix("#") for link in page.all("//main//nav//a")]
    assert set(targets) <= {element.get("id") for element in page.all("//main//*[@id]")}
    operations = [
        operation["operationId"] for methods in document["paths"].values() for operation in methods.values()
    ]
    assert set(operations) <= set(targets)
    headings = [heading for heading in page.texts("//main//h2") if heading in {t for t, _ in GROUPS.values()}]
    assert headings == [tag["x-displayName"] for tag in document["tags"]]
    assert headings[0] == "Posts"


def test_every_operation_belongs_to_a_group(document):
    used = {operation["tags"][0] for methods in document["paths"].values() for operation in methods.values()}
    assert used == {tag["name"] for tag in document["tags"]}
