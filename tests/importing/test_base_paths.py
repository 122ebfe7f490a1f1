import pytest

pytestmark = pytest.mark.databases("sqlite")

POST = "_posts/2024-01-02-a.md"
SITES = {
    # https://github.com/jekyll/jekyll-redirect-from writes pages into the folder that is served below `baseurl`.
    "jekyll": {
        "_config.yml": "url: https://old.example\nbaseurl: /mag\n",
        POST: "---\ntitle: A\nredirect_from: [/first/, second]\n---\nx",
    },
    # Hugo publishes an alias with a slash from the root of its folder, whose address is `baseURL`.
    "hugo": {
        "hugo.toml": 'baseURL = "https://old.example/mag/"\n',
        "content/posts/a.md": "---\ntitle: A\ndate: 2024-01-02\naliases: [/first/, ../second]\n---\nx",
    },
    "zola": {
        "zola.toml": 'base_url = "https://old.example/mag"\n',
        "content/a.md": "+++\ntitle = 'A'\ndate = 2024-01-02\naliases = ['/first', 'second']\n+++\nx",
    },
}


@pytest.mark.parametrize("generator", SITES)
@pytest.mark.parametrize("alias", ["/mag/first/", "/mag/first", "/mag/second", "/first/"])
def test_an_alias_of_a_site_below_a_base_path_leads_on_in_one_hop(bring, client, generator, alias):
    bring(SITES[generator])
    response = client.get(alias)
    assert (response.status_code, response.headers.get("Location")) == (301, "/blog/post/a")


def test_a_page_that_only_leads_to_an_alias_leads_to_its_text_in_one_hop(bring, client):
    bring(SITES["jekyll"] | {"moved.md": "---\nredirect_to: https://old.example/mag/first/\n---\n"})
    assert client.get("/mag/moved.html").headers["Location"] == "/blog/post/a"


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("/mag/tags/news/", "/blog/tag/news"),
        ("/tags/news/", "/blog/tag/news"),
        ("/mag/author/ada/", "/blog/author/ada"),
    ],
)
def test_pages_of_tags_and_authors_lead_on_from_below_the_base_path(bring, client, address, place):
    text = "---\ntitle: A\ntags: news\nauthor: Ada\n---\n[news](/mag/tags/news/)"
    bring({"_config.yml": "url: https://old.example\nbaseurl: /mag\n", POST: text})
    assert client.get(address).headers.get("Location") in {place, f"{place}-2"}
    assert client.read("/blog/post/a").links.count("/mag/tags/news/") == 1


@pytest.mark.parametrize("alias", ["/blog/first/", "/blog/second"])
def test_a_base_path_may_be_one_of_our_own(bring, client, alias):
    files = SITES["jekyll"] | {"_config.yml": "baseurl: /blog\n"}
    bring(files)
    assert client.get(alias).headers.get("Location") == "/blog/post/a"


@pytest.mark.parametrize("address", ["/my%20cat/2024/01/02/a.html", "/mag/my%20cat/2024/01/02/a.html"])
def test_a_category_with_a_space_is_part_of_the_address(bring, client, address):
    bring({"_config.yml": "baseurl: /mag\n", POST: "---\ntitle: A\ncategory: My Cat\n---\nx"})
    response = client.get(address)
    assert (response.status_code, response.headers.get("Location")) == (301, "/blog/post/a")
