"""Hostile files: each is answered with a sentence below 500, leaves nothing half stored, and the server goes on."""

import struct
import zlib
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import func, select

from masthead.db import db
from masthead.media.models import Media
from masthead.media.processing import isolation
from masthead.storage import store as storage
from tests.api.conftest import as_  # noqa: F401
from tests.media import pictures
from tests.media.pictures import PLACE, animation, bomb_header, photograph, picture, with_chunk

pytestmark = pytest.mark.databases("sqlite")
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">{}</svg>'
HTML = b"<html><script>alert(1)</script></html>"
PHP = b"<?php system($_GET['c']); ?>"
MP4 = struct.pack(">I4s4sI4s", 20, b"ftyp", b"isom", 0, b"isom")


def png(*chunks, size=(1, 1)):
    header = struct.pack(">IIBBBBB", *size, 8, 2, 0, 0, 0)
    data = zlib.compress((b"\0" + b"\0" * 3 * size[0]) * size[1])
    parts = (with_chunk(b"IHDR", header), *chunks, with_chunk(b"IDAT", data), with_chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def box(name, content):
    return struct.pack(">I4s", len(content) + 8, name) + content


def movie(*notes):
    return MP4 + box(b"moov", box(b"mvhd", b"\0" * 100) + b"".join(notes)) + box(b"mdat", b"\0" * 50)


def cmyk():
    image = Image.new("CMYK", (40, 40), (0, 200, 200, 0))
    written = BytesIO()
    image.save(written, "JPEG")
    return written.getvalue()


def frames(number):
    """A GIF of one pixel with this many frames."""
    head = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff"
    return head + b"\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0" * number + b"\x3b"


JPEG, PNG, GIF, WEBP, AVIF = (picture(kind) for kind in ("JPEG", "PNG", "GIF", "WEBP", "AVIF"))
#: What is accepted, as what.
TAKEN = {
    "html behind a jpeg": (JPEG + HTML, "image/jpeg"),
    "html in a jpeg comment": (picture("JPEG", comment=HTML), "image/jpeg"),
    "php in a png text": (png(with_chunk(b"tEXt", b"Comment\0" + PHP)), "image/png"),
    "php behind a png": (PNG + PHP, "image/png"),
    "zip behind a gif": (GIF + b"PK\x03\x04" + HTML, "image/gif"),
    "javascript behind a webp": (WEBP + b"/*" + HTML, "image/webp"),
    "xmp in a jpeg": (photograph(), "image/jpeg"),
    "a hundred megabytes of text in a png": (png(with_chunk(b"zTXt", b"a\0\0" + zlib.compress(b"\0" * 10**8))), "image/png"),
    "an avif called exe": (AVIF, "image/avif"),
    "cmyk": (cmyk(), "image/jpeg"),
    "an animation": (animation(), "image/gif"),
    "an animated webp": (animation("WEBP"), "image/webp"),
    "a drawing with a script": (SVG.format("<script>alert(1)</script><rect width='9' height='9'/>").encode(), "image/svg+xml"),
    "a drawing with a handler": (SVG.format("<rect onload='alert(1)' width='9' height='9'/>").encode(), "image/svg+xml"),
    "a drawing with html": (SVG.format("<foreignObject><body xmlns='http://www.w3.org/1999/xhtml'/></foreignObject>").encode(), "image/svg+xml"),
    "a drawing with an external entity": (
        b'<!DOCTYPE s [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + SVG.format("<text>&x;</text>").encode(),
        "image/svg+xml",
    ),
    "a film with its place": (movie(box(b"udta", box(b"\xa9xyz", PLACE.encode()))), "video/mp4"),
    "a film with notes": (movie(box(b"meta", PLACE.encode())), "video/mp4"),
    "a pdf": (b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n", "application/pdf"),
    "captions": (b"WEBVTT\n\n00:01.000 --> 00:02.000\n<script>x</script>\n", "text/vtt"),
    "an mp3": (b"ID3\x04\0\0\0\0\0\0" + b"\xff\xfb\x90\0" + b"\0" * 400, "audio/mpeg"),
    "an ogg": (b"OggS" + b"\0" * 60 + b"vorbis", "audio/ogg"),
    "a wav": (b"RIFF\x24\0\0\0WAVEfmt " + b"\0" * 30, "audio/wav"),
    "a webm": (b"\x1aE\xdf\xa3\x93B\x82\x84webm" + b"\0" * 40, "video/webm"),
}  # fmt: skip
#: What is refused.
REFUSED = {
    "empty": b"",
    "one byte": b"\xff",
    "zeroes": b"\0" * 5_000,
    "text": b"hello",
    "html": HTML,
    "php": PHP,
    "a script": b"#!/bin/sh\nrm -rf /\n",
    "a program": b"MZ\x90\0" + b"\0" * 100,
    "an elf": b"\x7fELF" + b"\0" * 100,
    "a zip": b"PK\x03\x04" + b"\0" * 100,
    "xml": b'<?xml version="1.0"?><a/>',
    "an entity bomb": b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "' + b"a" * 9_000 + b'"><!ENTITY b "' + b"&a;" * 9_000 + b'">]>' + SVG.format("<text>&b;</text>").encode(),
    "a deep drawing": SVG.format("<g>" * 5_000 + "</g>" * 5_000).encode(),
    "a drawing that uses itself": SVG.format("".join(f'<g id="a{n}">' + f'<use href="#a{n + 1}"/>' * 10 + "</g>" for n in range(9))).encode(),
    "a broken drawing": b"<svg><g></svg>",
    "a page with a drawing": b"<html><body><svg/></body>",
    "30,000 times 30,000": bomb_header(30_000, 30_000),
    "65,535 times 65,535": bomb_header(),
    "no width": bomb_header(0, 5),
    "a huge gif": b"GIF89a\xff\xff\xff\xff\x80\0\0\0\0\0\xff\xff\xff\x3b",
    "a huge webp": b"RIFF\x1a\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\xff\xff\xff\xff\xff\xff",
    "a huge jpeg": b"\xff\xd8\xff\xc0\0\x11\x08\xff\xff\xff\xff\x03\x01\x11\0\x02\x11\0\x03\x11\0",
    "10,000 frames": frames(10_000),
    "half a jpeg": picture("JPEG", (300, 300))[:2_000],
    "half a png": picture("PNG", (300, 300))[:600],
    "half a gif": animation()[:60],
    "half a webp": picture("WEBP", (300, 300))[:300],
    "half an avif": picture("AVIF", (300, 300))[:200],
    "the beginning of a jpeg": b"\xff\xd8\xff",
    "the beginning of a png": b"\x89PNG\r\n\x1a\n",
    "the beginning of a gif": b"GIF89a",
    "the beginning of a webp": b"RIFF\xff\xff\xff\xffWEBP",
    "the beginning of an avif": b"\0\0\0\x1cftypavif" + b"\0" * 16,
    "the beginning of a heic": b"\0\0\0\x18ftypheic" + b"\0" * 300,
    "a heic of nonsense": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\xff" * 3_000,
    "a png with a gigabyte of text": b"\x89PNG\r\n\x1a\n" + struct.pack(">I4s", 10**9, b"tEXt") + b"x" * 100,
    "a png with a wrong length": b"\x89PNG\r\n\x1a\n" + struct.pack(">I4s", 2**31, b"IHDR") + b"x" * 30,
    "a film without its index": MP4 + box(b"mdat", b"\0" * 90),
    "a film that is cut off": MP4 + struct.pack(">I4s", 10**6, b"moov"),
    "a film of boxes without length": MP4 + struct.pack(">I4s", 3, b"moov") * 20,
    "half a pdf": b"%PDF-1.7\n1 0 obj",
    "captions without times": b"WEBVTT\n\nhello",
    "captions in another encoding": "WEBVTT\n\n00:01.000 --> 00:02.000\né".encode("utf-16"),
    "captions with a nul": b"WEBVTT\n\n00:01.000 --> 00:02.000\n\0",
    "a tiff": b"II*\0\x08\0\0\0" + b"\0" * 60,
    "a bmp": b"BM" + b"\0" * 60,
    "an icon": b"\0\0\x01\0\x01\0" + b"\0" * 60,
    "postscript": b"%!PS-Adobe-3.0 EPSF-3.0\n",
    "a flash film": b"FWS\x0a" + b"\0" * 60,
    "an mp3 frame alone that is none": b"\xff\xff\xff\xff" * 20,
}  # fmt: skip
NAMES = [
    "../../etc/passwd", "..\\..\\boot.ini", "a\0.png", "x" * 500 + ".png", "\u202egnp.exe", ".htaccess", "",
    "a.php\0.png", "con", "\U0001f600.png", " . ", "a/b/c.png", "<script>.png", "a\r\nb: c.png",
]  # fmt: skip


def test_a_hostile_file_costs_nothing_but_a_sentence(app, cast, as_, client):  # noqa: F811
    assert len(TAKEN) + len(REFUSED) + len(NAMES) >= 60
    walt = as_(cast.walt)

    def send(content, name):
        return walt("POST", "/media", data={"file": (BytesIO(content), name)})

    with app.app_context():
        before = set(storage.current().keys())
    for what, content in REFUSED.items():
        answer = send(content, "a.jpg")
        assert answer.status_code == 422, (what, answer.status_code, answer.text)
        (sentence,) = answer.json["errors"]["file"]
        assert sentence.endswith("."), what
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Media)) == 0
        assert set(storage.current().keys()) == before
    for what, (content, media_type) in TAKEN.items():
        answer = send(content, "a.exe")
        # Without what was hidden in them, some are the same file.
        assert answer.status_code in {200, 201}, (what, answer.text)
        served = client.get(answer.json["address"])
        assert served.mimetype == media_type, what
        assert served.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in served.headers["Content-Security-Policy"]
        is_picture = answer.json["kind"] == "image"
        assert ("attachment" in served.headers.get("Content-Disposition", "")) is not is_picture, what
        if what != "captions":
            assert not any(
                bad in served.data for bad in (b"<script", b"onload", b"<?php", b"root:", PLACE.encode())
            ), what
    for number, name in enumerate(NAMES):
        answer = send(picture("PNG", (20 + number, 9)), name)
        assert answer.status_code < 500, (name, answer.text)
        if answer.status_code == 201:
            kept = answer.json["name"]
            assert not {"/", "\0", "\u202e"} & set(kept)
            assert 0 < len(kept) <= 200
            assert answer.json["address"].endswith(".png")
    assert client.get("/health/live").status_code == 200


def test_the_process_that_decodes_is_limited(tmp_path, monkeypatch):
    limits = isolation.UploadLimits(10**7, 10**7, frozenset({"image/png"}))
    path = tmp_path / "a"
    path.write_bytes(pictures.picture("PNG", (900, 900)))
    # The processor time of a process that does not end is over.
    monkeypatch.setattr(isolation, "SECONDS", 0.01)
    with (
        pytest.raises(isolation.PictureRefused, match="more memory or time"),
        isolation.prepared(path, limits),
    ):
        pass
    monkeypatch.undo()
    # Whatever kills it, the caller gets a sentence.
    monkeypatch.setattr(isolation, "LARGEST_FILE_BYTES", 10)
    with pytest.raises(isolation.PictureRefused), isolation.prepared(path, limits):
        pass


def test_a_hostile_picture_in_an_import_costs_nothing_but_its_process(monkeypatch):
    limits = isolation.UploadLimits(10**7, 10**7, frozenset({"image/png"}), is_for_pictures=True)
    good = pictures.picture("PNG", (30, 20))
    content = isolation.imported(good, limits).content
    process = isolation.DECODER._process
    for what, data in REFUSED.items():
        with pytest.raises(isolation.PictureRefused):
            isolation.imported(data, limits)
        assert isolation.DECODER._process is process, what
    # A fork that dies, and one that does not end.
    monkeypatch.setattr(isolation, "LARGEST_FILE_BYTES", 10)
    with pytest.raises(isolation.PictureRefused, match="more memory or time"):
        isolation.imported(good, limits)
    monkeypatch.undo()
    monkeypatch.setattr(isolation, "SECONDS", 0.0001)
    with pytest.raises(isolation.PictureRefused, match="more memory or time"):
        isolation.imported(pictures.picture("PNG", (3_000, 3_000)), limits)
    monkeypatch.undo()
    assert isolation.imported(good, limits).content == content
    # The process itself is killed between two files.
    isolation.DECODER._process.kill()
    isolation.DECODER._process.wait()
    assert isolation.imported(good, limits).content == content
    isolation.DECODER.close()


def test_each_of_several_imports_in_one_process_gets_its_own_picture():
    limits = isolation.UploadLimits(10**7, 10**7, frozenset({"image/png"}), is_for_pictures=True)

    def width_of(width):
        return isolation.imported(pictures.picture("PNG", (width, 20)), limits).facts.width

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(width_of, range(30, 54))) == list(range(30, 54))
    isolation.DECODER.close()
