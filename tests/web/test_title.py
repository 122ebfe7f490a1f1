import pytest

from tests.factories import PostFactory


@pytest.mark.parametrize("path", ["/", "/blog/", "/blog/post/harvest", "/auth/login", "/nowhere"])
@pytest.mark.databases("sqlite")
def test_title_is_one_line(client, path):
    PostFactory(title="Harvest", slug="harvest")
    title = client.get(path).text.partition("<title>")[2].partition("</title>")[0]
    assert title == " ".join(title.split())
    assert title.endswith("Masthead")
