"""Files that are fetched from the old site, which may be slow, broken or hostile."""

import errno
import json
import threading
from collections import Counter
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import ClassVar
from urllib.parse import quote

import pytest
from sqlalchemy import select

from masthead.importing import importer, remote_files
from masthead.importing.errors import Unreadable
from masthead.importing.image_import import ImageImporter
from masthead.importing.wordpress import source
from masthead.media.models import Media
from masthead.media.processing.isolation import UploadLimits
from masthead.outbound.client import Client
from masthead.posts.models import Post
from tests.importing.wordpress.conftest import item, meta, wxr
from tests.media.pictures import picture

LOOPBACK, PRIVATE = ip_address("127.0.0.1"), ip_address("10.0.0.1")
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\nstartxref\n0\n%%EOF\n"
MP3 = b"ID3\x04\x00\x00\x00\x00\x00\x00" + b"\xff\xfb\x90\x00" + b"\0" * 413
UPLOADS = "/wp-content/uploads/2020/"
pytestmark = pytest.mark.databases("sqlite")


class OldSite(BaseHTTPRequestHandler):
    """A folder of uploads in which much is wrong."""

    asked: ClassVar[Counter[str]] = Counter()
    #: Set when the test ends.
    ended = threading.Event()

    def do_GET(self):
        name = self.path.rpartition("/")[2]
        self.asked[name] += 1
        if name in {"gone.png", "never.png"}:
            self.send_error(404 if name == "gone.png" else 503)
        elif name == "flaky.png" and self.asked[name] < 3:
            self.send_error(500)
        elif name == "inside.png":
            self.send_response(302)
            self.send_header("Location", "http://inside.example/secret.png")
            self.end_headers()
        elif name == "hanging.png":
            self.ended.wait(5)
        else:
            self._give(name)

    def _give(self, name):
        size = 60 + sum(map(ord, name)) % 40
        body = {"html.png": b"<html>Sold</html>", "empty.png": b"", "paper.pdf": PDF, "song.mp3": MP3}.get(
            name, picture(size=(size, 40))
        )
        self.send_response(200)
        self.send_header("Content-Length", str(5_000_000_000 if name == "huge.png" else len(body)))
        self.end_headers()
        try:
            self.wfile.write(body)
            while name == "huge.png":
                self.wfile.write(b"x" * 100_000)
        except OSError:
            # The other side has had enough.
            self.close_connection = True

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def old_site(monkeypatch):
    """The address of the old site; every name but its own is at a private address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), OldSite)
    server.daemon_threads = True
    OldSite.asked.clear()
    OldSite.ended.clear()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    client = Client(
        resolve=lambda host, _: [LOOPBACK if host == "old.example" else PRIVATE],
        is_allowed=lambda address: address == LOOPBACK,
        ports=frozenset({server.server_port, 80}),
    )
    monkeypatch.setattr(source, "RemoteFiles", partial(remote_files.RemoteFiles, client=client))
    monkeypatch.setattr(remote_files, "WAITS", (0, 0, 0))
    monkeypatch.setattr(remote_files, "SECONDS", 2.0)
    monkeypatch.setattr(remote_files, "SLOW_SECONDS", 1.0)
    yield f"http://old.example:{server.server_port}"
    OldSite.ended.set()
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def fetching(invoke, cast, tmp_path, old_site):
    """Import these items and fetch; the report."""

    def run(*items, options=(), exit_code=0):
        file, report = tmp_path / "site.xml", tmp_path / "report.json"
        file.write_text(wxr(*items).replace("https://old.example", old_site))
        result = invoke(
            "import", "wordpress", str(file), "--report", str(report), "--processes", "1", *options
        )
        assert result.returncode == exit_code, result.stdout + result.stderr
        found = json.loads(report.read_text()) if not exit_code else {}
        return found | {"by_source": {one["source"]: one for one in found.get("items", ())}}

    return run


def attachment(number: int, name: str) -> str:
    address = f"https://old.example{UPLOADS}{name}"
    return item(
        number,
        "attachment",
        f"<wp:attachment_url>{address}</wp:attachment_url>",
        slug=f"a{number}",
        status="inherit",
    )


def shown(*names: str) -> str:
    return "".join(f'<p><img src="{UPLOADS}{name}" alt="x"></p>' for name in names)


BAD = {
    "gone.png": "answered 404", "never.png": "answered 503", "html.png": "no picture", "empty.png": "an empty file",
    "huge.png": "larger than", "inside.png": "not fetched from", "hanging.png": "did not answer",
}  # fmt: skip


def test_what_can_be_had_comes_in_and_the_rest_is_told(fetching, client, stored):
    site = [
        # One after the other, more of them than a host may refuse in a row.
        item(1, content=shown(*BAD, "good-300x200.png", "flaky.png")),
        item(2, content=shown("good.png", "good-1024x768.png") + f'<a href="{UPLOADS}paper.pdf">Paper</a> [audio mp3="{UPLOADS}song.mp3"]'),
        attachment(10, "good.png"), attachment(11, "paper.pdf"), attachment(12, "song.mp3"), attachment(13, "gone.png"),
        attachment(14, "letter.docx"),
    ]  # fmt: skip
    found = fetching(*site)
    lost = {one["why"] for one in found["by_source"]["post/1"]["lost"]}
    for name, words in BAD.items():
        assert [one for one in lost if name in one and words in one], (name, lost)
    assert "not asked again" not in str(lost)
    assert OldSite.asked["good.png"] == 1
    assert OldSite.asked["flaky.png"] == OldSite.asked["never.png"] == 3
    assert OldSite.asked["huge.png"] == OldSite.asked["gone.png"] == OldSite.asked["hanging.png"] == 1
    assert {kind for (kind,) in stored(select(Media.kind))} == {"image", "audio", "document"}
    assert "answered 404" in found["by_source"]["attachment/13"]["reason"]
    assert "of this type" in found["by_source"]["attachment/14"]["reason"]
    bodies = dict(stored(select(Post.slug, Post.body)))
    assert bodies["text-2"].count("/media/") == 4
    assert "wp-content" not in bodies["text-2"]
    assert client.get(f"{UPLOADS}paper.pdf").location.startswith("/media/")
    # The next import asks for what is missing alone.
    OldSite.asked.clear()
    again = fetching(*site)
    assert set(OldSite.asked) == set(BAD)
    assert again["totals"]["unchanged"] == 5
    assert again["totals"]["failed"] == 1


def test_an_import_that_was_stopped_goes_on(fetching, stored, monkeypatch):
    site = [item(number, content=shown(f"p{number}.png", "same.png")) for number in range(1, 7)]
    monkeypatch.setattr(importer, "BATCH_SIZE", 2)
    report_batch = importer.Importer._report_batch

    def stop(self, batch):
        report_batch(self, batch)
        if "text-4" in str(batch.results):
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(importer.Importer, "_report_batch", stop)
        fetching(*site, exit_code=1)
    assert len(stored(select(Post.id))) == 4
    assert OldSite.asked["same.png"] == 1
    found = fetching(*site)
    assert (found["totals"]["unchanged"], found["totals"]["imported"]) == (4, 2)
    assert set(OldSite.asked.values()) == {1}


def test_a_dead_host_is_not_asked_for_every_picture(fetching, monkeypatch):
    monkeypatch.setattr(remote_files, "PATIENCE", 2)
    found = fetching(
        item(
            1,
            content=shown(
                *(f"never.png?{number}" for number in range(9)), *(f"{n}/never.png" for n in range(9))
            ),
        )
    )
    assert OldSite.asked.total() == 2 * 3
    assert "not asked again" in str(found["by_source"]["post/1"]["lost"])


def test_no_address_stops_an_import(fetching, stored, tmp_path):
    folder, name = tmp_path / "media", "あ" * 30 + ".png"
    (folder / "uploads/2020").mkdir(parents=True)
    (folder / "uploads/2020" / name).write_bytes(picture())
    broken = "http://[cdn]/lead.png"
    found = fetching(
        item(1, content=shown(quote(name), "あ" * 90 + ".png", quote("あ" * 60) + ".png"), more=meta(_thumbnail_id="9")),
        item(2, content=f'<p><img src="{broken}" alt="x"></p>'),
        item(3),
        item(9, "attachment", f"<wp:attachment_url>{broken}</wp:attachment_url>", status="inherit"),
        options=("--media", str(folder)),
    )  # fmt: skip
    assert {slug for (slug,) in stored(select(Post.slug))} == {"text-1", "text-2", "text-3"}
    assert "/media/" in dict(stored(select(Post.slug, Post.body)))["text-1"]
    assert broken in found["by_source"]["attachment/9"]["reason"]
    assert broken in str(found["by_source"]["post/1"]["lost"])


def test_a_full_disk_leaves_no_half_of_a_file(tmp_path, monkeypatch):
    files, address = remote_files.RemoteFiles(tmp_path), "https://old.example/good.png"
    limits = UploadLimits(10**6, 10**6, frozenset({"image/png"}))
    images = ImageImporter(files, None, limits=limits, known={})
    write = Path.write_bytes

    def fill(path, data):
        write(path, data[:9])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(remote_files.RemoteFiles, "_fetched", lambda *_: picture())
    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", fill)
        with pytest.raises(Unreadable, match="No space left"):
            images.import_file(address)
    assert files.read(address, limit=10**6) == picture()
