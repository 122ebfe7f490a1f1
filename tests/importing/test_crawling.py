"""A crawler finds no dead link on an imported site that the report does not name."""

import re
from html import unescape
from urllib.parse import unquote, urljoin, urlsplit

import pytest

from tests.media.pictures import picture

#: A typical blog of 2014, with its old addresses.
SITES = {
    "jekyll": {
        "_config.yml": "url: https://old.example\nbaseurl: /blog-of-ours\npermalink: /:year/:month/:day/:title/\n",
        "_data/authors.yml": "nina:\n  name: Nina\n",
        "_posts/2014-03-12-coming-soon.md": (
            "---\ntitle: Coming soon\nauthor: nina\ntags: [rivers, Über alles]\nimage: /assets/lead.png\nredirect_from: [/soon/, /bald]\n---\n"
            "[next]({% post_url 2014-03-19-hello-world %}) ![here](/assets/lead.png) ![gone](/assets/gone.png) "
            "[tag](/tags/rivers/) [dead](/2013/never/) [mail](mailto:x@y.example) [top](#end)\n\n## End\n"
        ),
        "_posts/2014-03-19-hello-world.md": (
            "---\ntitle: Hello\nauthor: nina\n---\n[back](/2014/03/12/coming-soon/) [soon](/soon/#end) "
            "[whole](https://old.example/2014/03/12/coming-soon/) [file](/report.pdf) [about]({{ site.baseurl }}/about/)\n"
        ),
        "_posts/2014-04-01-drafted.md": "---\ntitle: Hidden\npublished: false\n---\n[x](/nowhere/)\n",
        "about.md": "---\ntitle: About\npermalink: /about/\n---\n[home](/) [post](/2014/03/12/coming-soon)\n",
        "report.pdf": "%PDF",
        "assets/lead.png": picture(),
    },
    "hugo": {
        "hugo.toml": 'baseURL = "https://old.example/"\n',
        "content/posts/walk/index.md": (
            '+++\ntitle = "Walk"\ndate = 2014-03-12\naliases = ["/old-walk/"]\nauthors = ["Ann Lee"]\ntags = ["C++"]\n+++\n'
            '![beside](beside.png) [run]({{< ref "run.md" >}}) [alias](/old-walk/) [lost]({{< ref "no.md" >}})\n'
        ),
        "content/posts/walk/beside.png": picture(),
        "content/posts/run.md": '+++\ntitle = "Run"\ndate = 2014-03-13\n+++\n[walk](/posts/walk/) [up](../walk/) [there](/posts/none/)\n',
        "content/about.md": '+++\ntitle = "About"\n+++\n[run](/posts/run/)\n',
    },
    "zola": {
        "config.toml": 'base_url = "https://old.example"\n',
        "content/blog/_index.md": '+++\ntitle = "Blog"\n+++\n',
        "content/blog/one.md": '+++\ntitle = "One"\ndate = 2014-03-12\n+++\n[two](@/blog/two.md) [gone](@/blog/gone.md) ![p](/p.png)\n',
        "content/blog/two.md": '+++\ntitle = "Two"\ndate = 2014-03-13\n+++\n[one](/blog/one/)\n',
        "static/p.png": picture(),
    },
    "pelican": {
        "pelicanconf.py": "SITEURL = 'https://old.example'\n",
        "content/one.md": "Title: One\nDate: 2014-03-12\nTags: a, b\nAuthor: Ann Lee\n\n[two]({filename}two.md) [t]({tag}a) [no]({filename}no.md)\n",
        "content/two.md": "Title: Two\nDate: 2014-03-13\n\n![p]({static}/images/p.png) [one](one.html)\n",
        "content/images/p.png": picture(),
    },
    "eleventy": {
        ".eleventy.js": "module.exports = {};\n",
        "content/posts/2014-03-12-one.md": '---\ntitle: One\ndate: 2014-03-12\n---\n[two]({{ "/2014/03/13/two/" | url }}) [x](/assets/x.pdf) ![img](/assets/i.png)\n',
        "content/posts/2014-03-13-two.md": "---\ntitle: Two\npermalink: /2014/03/13/two/\n---\n[one](/one/) Text.\n",
        "assets/i.png": picture(),
    },
}


def crawled(client):
    """Follow every internal link once; returns dead links with the pages that have them."""
    waiting, seen, dead = [("/", "")], set(), []
    while waiting:
        path, origin = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        answer = client.get(path, follow_redirects=True)
        if answer.status_code == 404:
            dead.append((path, origin))
        assert answer.status_code in {200, 404}, path
        if "html" in answer.content_type and answer.status_code == 200:
            waiting += [(found, path) for found in links(answer.text, answer.request.path)]
        answer.close()
    return dead, seen


def links(html, base):
    for address in re.findall(r'(?:href|src)="([^"]+)"', html):
        parts = urlsplit(urljoin(f"http://localhost{base}", unescape(address)))
        if parts.hostname == "localhost" and not parts.path.startswith("/auth/"):
            yield parts._replace(scheme="", netloc="", fragment="").geturl()


@pytest.mark.parametrize("dialect", SITES)
def test_every_dead_link_of_an_imported_site_is_named_in_the_report(bring, client, dialect):
    report = bring(SITES[dialect])
    assert report["dialect"].lower() == dialect
    named = "\n".join(note["why"] for item in report["items"] for note in item.get("lost", ()))
    dead, seen = crawled(client)
    assert len(seen) > 15
    for path, origin in dead:
        # A dead relative link does not change, and the browser resolves it against the post.
        written_so = unquote(path).removeprefix("/blog/post/").rstrip("/")
        assert written_so in named, f"{path} on {origin}"
    titles = {item["title"] for item in report["items"] if item.get("status") == "published"}
    assert titles
    for item in report["items"]:
        if item.get("status") == "published" and item["kind"] == "post":
            assert item["address"] in seen
            for old_path in item["old_addresses"]:
                answer = client.get(old_path)
                assert (answer.status_code, answer.location) == (301, item["address"]), old_path


#: File names and addresses of 18F, whose blog is in the public domain.
OLD = {
    "2014-03-12-coming-soon": "/2014/03/12/coming-soon/",
    "2014-03-19-hello-world-we-are-18f": "/2014/03/19/hello-world-we-are-18f/",
    "2014-03-21-29-minutes": "/2014/03/21/29-minutes/",
}


def test_addresses_of_an_eleventy_blog_with_dated_names_answer_301(bring, client):
    text = '---\ntitle: "{}"\ndate: {}\nauthors: [a, b]\ntags: [x]\n---\nText with {{{{ "/x" | url }}}}.\n'
    bring({f"{name}.md": text.format(name, name[:10]) for name in OLD})
    for name, old_path in OLD.items():
        answers = [client.get(form) for form in (old_path, old_path.rstrip("/"), f"{old_path}index.html")]
        assert {(answer.status_code, answer.location) for answer in answers} == {
            (301, f"/blog/post/{name[11:]}")
        }
