"""Pictures of other sites in imported texts: jobs copy them or they stay there; the report names both."""

from functools import partial
from ipaddress import ip_address

import pytest

from masthead.jobs.runner import Runner
from masthead.media.uploads import copying
from masthead.outbound.client import Client
from tests.importing.conftest import written
from tests.media.pictures import picture
from tests.support.sinks import saying

LOOPBACK = ip_address("127.0.0.1")


@pytest.fixture
def address(make_sink, monkeypatch):
    """The address of a picture on another site."""
    body = picture(size=(400, 300))
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    sink = make_sink(saying(head.encode() + body))
    client = partial(
        Client, resolve=lambda *_: [LOOPBACK], is_allowed=lambda _: True, ports=frozenset({sink.port})
    )
    monkeypatch.setattr(copying, "Client", client)
    return f"http://other.example:{sink.port}/field.png"


@pytest.fixture
def bring_in(app, cast, tmp_path, address):
    """Import a post and a page that show the picture; returns the command's output."""
    head = "---\ntitle: Harvest\n---\n"
    files = {
        "_config.yml": "",
        "_posts/2024-01-02-harvest.md": f"{head}![A field]({address})\n",
        "fields.md": f"{head}<img src='{address}' alt='A field'>\n",
    }
    folder = written(tmp_path / "old", files)

    def run(*options):
        arguments = ["import", "markdown", str(folder), "--processes", "1", *options]
        result = app.test_cli_runner().invoke(args=arguments)
        assert result.exit_code == 0, result.output
        Runner(app).run_due()
        return " ".join(result.output.split())

    return run


PLACES = ("/blog/post/harvest", "/page/fields")


@pytest.mark.parametrize(("setting", "options"), [("fetch", []), ("link", ["--fetch-images"])])
def test_pictures_of_other_sites_are_copied(app, client, bring_in, address, setting, options, monkeypatch):
    monkeypatch.setitem(app.config, "EXTERNAL_IMAGES", setting)
    output = bring_in(*options)
    assert f"Pictures of other sites: 1; jobs copy them here, one text after the other: {address}." in output
    for place in PLACES:
        (image,) = client.read(place).all("//div[@class='prose']//img")
        assert client.get(image.get("src")).mimetype == "image/png", place
    assert "0 changes" in bring_in(*options)


@pytest.mark.parametrize(
    ("setting", "options"), [("link", []), ("refuse", []), ("fetch", ["--no-fetch-images"])]
)
def test_pictures_of_other_sites_stay_there(app, client, bring_in, address, setting, options, monkeypatch):
    monkeypatch.setitem(app.config, "EXTERNAL_IMAGES", setting)
    output = bring_in(*options)
    assert "Pictures of other sites: 1; they stay there, and readers see links" in output
    assert address in output
    for place in PLACES:
        page = client.read(place)
        assert page.all(f"//article//a[@href='{address}']"), place
        assert not page.all("//div[@class='prose']//img")
