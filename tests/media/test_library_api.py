"""The API of the media library: bring in, describe, replace, edit, trash; who sees what; where files are used."""

from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import select

from masthead import clock
from masthead.account_deletion import actions as account_deletion
from masthead.account_deletion.content_policy import ContentPolicy
from masthead.audit.models import AuditEvent
from masthead.db import db
from masthead.jobs.runner import Runner
from masthead.media.models import MediaUpload
from masthead.media.uploads import parts
from masthead.people import queries as people
from masthead.storage import store as storage
from tests.api.conftest import as_  # noqa: F401
from tests.factories import DraftFactory, UserFactory
from tests.media.pictures import PLACE, picture


def run_jobs(app):
    Runner(app).run_due()


def photograph_with_notice(size=(700, 500)):
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x8298] = "© Ada Hart".encode()
    exif.get_ifd(0x8825)[0x001D] = PLACE
    return picture("JPEG", size, exif=exif)


def noise(number):
    """Return a file of more than 400 kB that cannot be compressed."""
    written = BytesIO()
    Image.effect_noise((700 + number, 600), 90).save(written, "PNG")
    return written.getvalue()


@pytest.fixture
def bring():
    """`bring(caller, content, "a.jpg", alt="…")` brings a file in."""

    def send(caller, content, name="a.jpg", method="POST", path="/media", etag=None, **words):
        return caller(method, path, etag=etag, data={"file": (BytesIO(content), name), **words})

    return send


def test_a_photograph_comes_in_gets_variants_and_is_used(app, cast, as_, bring, client):  # noqa: F811
    walt = as_(cast.walt)
    answer = bring(walt, photograph_with_notice(), "../x\u202egpj.exe", alt="A ferry", caption="At Callow.")
    assert answer.status_code == 201, answer.text
    media = answer.json
    assert (media["type"], media["width"], media["height"], media["status"]) == (
        "image/jpeg", 500, 700, "processing",
    )  # fmt: skip
    assert (media["alt"], media["caption"], media["credit"]) == ("A ferry", "At Callow.", "© Ada Hart")
    assert media["name"] == "xgpj.exe"
    assert media["uploaded_by"]["username"] == "walt"
    served = client.get(media["address"])
    assert PLACE.encode() not in served.data
    assert "© Ada Hart".encode() in served.data
    assert served.cache_control.immutable

    again = bring(walt, photograph_with_notice())
    assert (again.status_code, again.json["id"]) == (200, media["id"])

    run_jobs(app)
    ready = walt("GET", f"/media/{media['id']}").json
    assert ready["status"] == "ready"
    assert ready["placeholder"].startswith("data:image/webp;base64,")
    assert {(one["type"], one["width"], one["height"]) for one in ready["variants"]} == {
        (kind, 320, 448) for kind in ("image/avif", "image/webp", "image/jpeg")
    }
    for one in ready["variants"]:
        response = client.get(one["url"].partition("//")[2].partition("/")[2].join(["/", ""]))
        assert (response.status_code, response.mimetype) == (200, one["type"])
        assert response.cache_control.immutable
        assert Image.open(BytesIO(response.data)).size == (320, 448)
        assert "© Ada Hart".encode() in response.data

    made = walt(
        "POST",
        "/posts",
        {"title": "Ferry", "body": f"![A ferry]({media['address']})", "status": "published"},
    )
    assert made.status_code == 201, made.text
    (use,) = walt("GET", f"/media/{media['id']}").json["used_in"]
    assert (use["kind"], use["title"]) == ("post", "Ferry")
    assert use["url"].endswith("/blog/post/ferry")
    listed = walt("GET", "/media?unused=true").json
    assert listed["media"] == []
    assert [one["id"] for one in walt("GET", "/media?q=ferry&kind=image&by=walt").json["media"]] == [
        media["id"]
    ]


def test_words_are_changed_against_the_state_that_was_seen(cast, as_, bring):  # noqa: F811
    walt = as_(cast.walt)
    first = bring(walt, picture())
    path, etag = f"/media/{first.json['id']}", first.headers["ETag"]
    assert walt("PATCH", path, {"alt": "A field"}).status_code == 428
    changed = walt("PATCH", path, {"alt": "A field", "focal": {"x": 0.2, "y": 0.8}}, etag=etag)
    assert changed.status_code == 200, changed.text
    assert (changed.json["alt"], changed.json["focal"]) == ("A field", {"x": 0.2, "y": 0.8})
    assert walt("PATCH", path, {"alt": "Late"}, etag=etag).status_code == 412
    decorative = walt("PATCH", path, {"decorative": True}, etag=changed.headers["ETag"])
    assert (decorative.json["alt"], decorative.json["decorative"]) == ("", True)
    wrong = walt("PATCH", path, {"decorative": True, "alt": "x", "focal": {"x": 2, "y": 0}}, etag="*")
    assert wrong.status_code == 422
    assert as_(cast.rhea)("GET", path).status_code == 403
    # Another author sees it, and cannot change it.
    assert as_(cast.edith)("PATCH", path, {"credit": "Edith"}, etag="*").status_code == 200


def test_a_replaced_file_keeps_its_address_and_every_page_follows(app, cast, as_, bring, client):  # noqa: F811
    walt = as_(cast.walt)
    media = bring(walt, picture("PNG", (400, 300))).json
    address = media["address"]
    walt("POST", "/posts", {"title": "Ferry", "body": f"![]({address})", "status": "published"})
    assert 'width="400"' in client.get("/blog/post/ferry").text
    run_jobs(app)
    old_variant = walt("GET", f"/media/{media['id']}").json["variants"][0]["url"]

    path = f"/media/{media['id']}"
    etag = walt("GET", path).headers["ETag"]
    replaced = bring(walt, picture("JPEG", (640, 200)), "b.jpg", "PUT", f"{path}/file", etag)
    assert replaced.status_code == 200, replaced.text
    assert (replaced.json["address"], replaced.json["width"], replaced.json["type"]) == (
        address,
        640,
        "image/jpeg",
    )
    assert replaced.json["current_url"].startswith(replaced.json["url"] + "?v=")
    # The second of two people who saw the same state is told so.
    assert bring(walt, picture("JPEG", (50, 50)), "c.jpg", "PUT", f"{path}/file", etag).status_code == 412
    assert 'width="640"' in client.get("/blog/post/ferry").text
    plain = client.get(address)
    assert (plain.mimetype, plain.cache_control.no_cache, bool(plain.cache_control.immutable)) == (
        "image/jpeg", True, False,
    )  # fmt: skip
    assert client.get(address + "?v=" + replaced.json["hash"][:12]).cache_control.immutable
    # A page that was made before still finds its pictures.
    assert client.get("/" + old_variant.partition("//")[2].partition("/")[2]).status_code == 200
    # The file that was there before can come back, under an address of its own.
    back = bring(walt, picture("PNG", (400, 300)))
    assert back.status_code == 201
    assert back.json["address"] != address
    assert client.get(back.json["address"]).mimetype == "image/png"
    assert bring(walt, b"%PDF-1.7\n%%EOF", "a.pdf", "PUT", f"{path}/file", "*").status_code == 422


def test_an_edit_turns_and_crops_and_can_be_undone(cast, as_, bring, client):  # noqa: F811
    walt = as_(cast.walt)
    media = bring(walt, picture("PNG", (400, 300))).json
    path = f"/media/{media['id']}/edit"
    turned = walt("PUT", path, {"rotation": 90, "left": 0.5, "width": 0.5}, etag="*")
    assert turned.status_code == 200, turned.text
    assert (turned.json["width"], turned.json["height"]) == (150, 400)
    assert Image.open(BytesIO(client.get(media["address"]).data)).size == (150, 400)
    assert walt("PUT", path, {"left": 0.9, "width": 0.5}, etag="*").status_code == 422
    undone = walt("PUT", path, {}, etag="*")
    assert (undone.json["width"], undone.json["height"]) == (400, 300)


def test_the_trash_hides_restores_and_deletes(app, cast, as_, bring, client):  # noqa: F811
    walt = as_(cast.walt)
    media = bring(walt, picture()).json
    path = f"/media/{media['id']}"
    assert walt("DELETE", path, etag="*").status_code == 204
    assert client.get(media["address"]).status_code == 404
    assert walt("GET", "/media").json["media"] == []
    assert [one["id"] for one in walt("GET", "/media?trashed=true").json["media"]] == [media["id"]]
    assert walt("POST", f"{path}/restore").status_code == 200
    assert client.get(media["address"]).status_code == 200
    assert walt("DELETE", f"{path}?purge=true", etag="*").status_code == 409
    walt("DELETE", path, etag="*")
    assert walt("DELETE", f"{path}?purge=true", etag="*").status_code == 204
    assert walt("GET", path).status_code == 404
    run_jobs(app)
    assert bring(walt, picture()).status_code == 201


def test_a_contributors_picture_is_private_until_its_post_is_public(cast, as_, bring):  # noqa: F811
    colin, edith = as_(cast.colin), as_(cast.edith)
    media = bring(colin, picture()).json
    path = f"/media/{media['id']}"
    draft = DraftFactory(author=cast.colin, body=f"![A field]({media['address']})", title="Mine")
    assert [one["title"] for one in colin("GET", path).json["used_in"]] == ["Mine"]
    assert edith("GET", "/media").json["media"] == []
    assert edith("GET", path).status_code == 404
    assert edith("POST", f"/posts/{draft.slug}/publish", {}).status_code == 200
    assert [one["id"] for one in edith("GET", "/media").json["media"]] == [media["id"]]


def test_a_contributor_does_not_change_a_file_that_published_texts_show(cast, as_, bring, sign_in):  # noqa: F811
    colin, edith = as_(cast.colin), as_(cast.edith)
    media = bring(colin, picture()).json
    path = f"/media/{media['id']}"
    assert colin("PATCH", path, {"alt": "A field"}, etag="*").status_code == 200
    draft = DraftFactory(author=cast.colin, body=f"![A field]({media['address']})")
    assert edith("POST", f"/posts/{draft.slug}/publish", {}).status_code == 200
    refused = (
        colin("PATCH", path, {"alt": "Buy here"}, etag="*"),
        colin("PUT", f"{path}/edit", {"rotation": 90}, etag="*"),
        bring(colin, picture(size=(90, 30)), method="PUT", path=f"{path}/file", etag="*"),
        colin("DELETE", path, etag="*"),
    )
    assert [answer.status_code for answer in refused] == [403] * 4
    assert "Ask an editor" in refused[0].json["detail"]
    assert sign_in(cast.colin).read(f"/admin/media/{media['id']}").all("//form[@data-media-words]") == []
    assert edith("DELETE", path, etag="*").status_code == 204
    assert colin("POST", f"{path}/restore").status_code == 403


def test_uploading_takes_no_file_out_of_the_trash_that_one_may_not_restore(app, cast, as_, bring):  # noqa: F811
    walt, edith, colin = as_(cast.walt), as_(cast.edith), as_(cast.colin)
    media = bring(edith, picture()).json
    path = f"/media/{media['id']}"
    assert edith("DELETE", path, etag="*").status_code == 204
    for writer in (walt, colin):
        refused = bring(writer, picture())
        assert (refused.status_code, "in the trash" in refused.json["detail"]) == (409, True)
    assert walt("GET", path).json["trashed_at"] is not None
    assert bring(edith, picture()).status_code == 200
    assert walt("GET", path).json["trashed_at"] is None
    with app.app_context():
        deeds = db.session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all()
        assert [deed for deed in deeds if deed.startswith("media.")] == [
            "media.added", "media.trashed", "media.restored",
        ]  # fmt: skip


def test_uploading_the_same_file_does_not_share_a_draft_of_another_contributor(app, cast, as_, bring):  # noqa: F811
    colin, walt, cleo = as_(cast.colin), as_(cast.walt), as_(UserFactory(role="contributor"))
    path = f"/media/{bring(colin, picture()).json['id']}"
    refused = bring(cleo, picture())
    assert (refused.status_code, "another person's draft" in refused.json["detail"]) == (409, True)
    assert (cleo("GET", path).status_code, walt("GET", path).status_code) == (404, 404)
    # Who may publish brings files in for everybody.
    assert bring(walt, picture()).status_code == 200
    assert cleo("GET", path).status_code == 200


def test_a_quota_is_shown_and_kept(app, monkeypatch, cast, as_, bring):  # noqa: F811
    monkeypatch.setitem(app.config, "MEDIA_QUOTA_MB_CONTRIBUTOR", 1)
    colin = as_(cast.colin)
    # Werkzeug's client leaves files open that are larger than 500 kB.
    for number in range(2):
        assert bring(colin, noise(number)).status_code == 201
    quota = colin("GET", "/media/quota").json
    assert quota["limit_bytes"] == 1_000_000
    assert quota["left_bytes"] == 1_000_000 - quota["used_bytes"]
    refused = bring(colin, noise(2))
    assert refused.status_code == 403
    assert "left of 1.0 MB" in refused.json["detail"]
    assert bring(as_(cast.edith), noise(2)).status_code == 201


def test_announced_uploads_take_room_until_they_are_finished_or_cancelled(app, monkeypatch, cast, as_, bring):  # noqa: F811
    monkeypatch.setitem(app.config, "MEDIA_QUOTA_MB_CONTRIBUTOR", 1)
    colin, content = as_(cast.colin), noise(0)

    def begin(size):
        return colin("POST", "/media/uploads", {"name": "a.png", "bytes": size})

    first = begin(len(content)).json["id"]
    other = begin(1_000_000 - len(content)).json["id"]
    assert colin("GET", "/media/quota").json["left_bytes"] == 0
    assert (begin(1_000).status_code, bring(colin, picture()).status_code) == (403, 403)
    sent = colin(
        "PATCH",
        f"/media/uploads/{first}",
        data=content,
        content_type="application/offset+octet-stream",
        headers={"Upload-Offset": "0"},
    )
    assert sent.status_code == 200, sent.text
    # A file that has been announced is not counted twice.
    assert colin("POST", f"/media/uploads/{first}/finish", {}).status_code == 201
    assert colin("DELETE", f"/media/uploads/{other}").status_code == 204
    assert bring(colin, picture()).status_code == 201


def test_a_deleted_account_leaves_no_uploaded_parts(app, cast, as_):  # noqa: F811
    walt, content = as_(cast.walt), picture()
    begun = walt("POST", "/media/uploads", {"name": "a.png", "bytes": len(content)})
    walt(
        "PATCH",
        f"/media/uploads/{begun.json['id']}",
        data=content,
        content_type="application/offset+octet-stream",
        headers={"Upload-Offset": "0"},
    )
    with app.app_context():
        upload = db.session.get(MediaUpload, begun.json["id"])
        keys = parts.keys_of(upload)
        assert [storage.current().exists(key) for key in keys] == [True]
        keep = ContentPolicy.KEEP
        user = people.get(cast.walt.id)
        account_deletion.delete_account(user, posts=keep, comments=keep, heir=None, by=None, at=clock.now())
        db.session.commit()
    run_jobs(app)
    with app.app_context():
        assert [storage.current().exists(key) for key in keys] == [False]
        assert db.session.get(MediaUpload, begun.json["id"]) is None


def test_the_list_goes_on_behind_a_cursor(cast, as_, bring, queries):  # noqa: F811
    walt = as_(cast.walt)
    ids = [bring(walt, picture("PNG", (30 + number, 20))).json["id"] for number in range(5)]
    first = walt("GET", "/media?per_page=2").json
    assert (first["total"], [one["id"] for one in first["media"]]) == (5, ids[:2:-1])
    second = walt("GET", f"/media?per_page=2&cursor={first['next_cursor']}").json
    assert (second["total"], [one["id"] for one in second["media"]]) == (None, [ids[2], ids[1]])
    assert walt("GET", "/media?kind=film").status_code == 422
    assert walt("GET", "/media?since=2030-01-01T00:00:00Z").json["media"] == []


def test_an_upload_in_parts_goes_on_after_a_broken_connection(cast, as_, monkeypatch):  # noqa: F811
    monkeypatch.setattr(parts, "PART_BYTES", 1_000)
    walt = as_(cast.walt)
    content = picture("PNG", (200, 200))
    begun = walt("POST", "/media/uploads", {"name": "a.png", "bytes": len(content)})
    assert begun.status_code == 201, begun.text
    path = f"/media/uploads/{begun.json['id']}"

    def send(start, data=None):
        return walt(
            "PATCH",
            path,
            data=content[start : start + 1_000] if data is None else data,
            content_type="application/offset+octet-stream",
            headers={"Upload-Offset": str(start)},
        )

    assert send(0).json["offset"] == 1_000
    assert send(0).status_code == 409
    assert send(1_000, b"short").status_code == 422
    assert walt("POST", f"{path}/finish", {}).status_code == 409
    offset = int(walt("HEAD", path).headers["Upload-Offset"])
    while offset < len(content):
        offset = int(send(offset).headers["Upload-Offset"])
    assert as_(cast.edith)("GET", path).status_code == 404
    finished = walt("POST", f"{path}/finish", {"alt": "A field"})
    assert (finished.status_code, finished.json["alt"], finished.json["width"]) == (201, "A field", 200)
    assert walt("GET", path).status_code == 404
    assert walt("POST", "/media/uploads", {"name": "a.png", "bytes": 10**9}).status_code == 422


def test_scripts_of_our_own_pages_bring_files_in_with_the_session(cast, sign_in, client):
    walt = sign_in(cast.walt)
    token = walt.form_token()
    headers = {"X-CSRF-Token": token, "Accept": "application/json"}
    answer = walt.post(
        "/admin/media/files", data={"file": (BytesIO(picture()), "a.png"), "alt": "A field"}, headers=headers
    )
    assert answer.status_code == 201, answer.text
    assert walt.get(f"/admin/media/files/{answer.json['id']}").json["alt"] == "A field"
    without = walt.post("/admin/media/files", data={"file": (BytesIO(picture()), "a.png")})
    assert without.status_code == 400
    begun = walt.post("/admin/media/uploads", json={"name": "b.png", "bytes": 5}, headers=headers)
    assert begun.status_code == 201, begun.text
    path = f"/admin/media/uploads/{begun.json['id']}"
    sent = walt.patch(
        path,
        data=b"short",
        content_type="application/offset+octet-stream",
        headers=headers | {"Upload-Offset": "0"},
    )
    assert (sent.status_code, sent.headers["Upload-Offset"]) == (204, "5")
    assert walt.post(f"{path}/finish", json={}, headers=headers).status_code == 422
    assert walt.delete(path, headers=headers).status_code == 204
    assert client.get(path, headers={"Accept": "application/json"}).status_code == 401


def test_the_publication_has_a_logo_and_an_icon_from_the_library(cast, as_, bring, client):  # noqa: F811
    ada = as_(cast.ada)
    media = bring(ada, picture("PNG", (400, 100))).json
    address = media["address"]
    wrong = ada("PATCH", "/settings", {"logo": "/media/no.png", "icon": "https://x.example/a.png"}, etag="*")
    assert set(wrong.json["errors"]) == {"logo", "icon"}
    assert ada("PATCH", "/settings", {"logo": address, "icon": address}, etag="*").status_code == 200
    page = client.read("/")
    assert page.all(f"//header//a/img[@src='{address}'][@width='400']")
    assert page.all(f"//link[@rel='icon'][@href='{address}']")
    path = f"/media/{media['id']}"
    assert {use["title"] for use in ada("GET", path).json["used_in"]} == {"Logo", "Icon"}
    replaced = bring(ada, picture("PNG", (300, 90)), method="PUT", path=f"{path}/file", etag="*").json
    page = client.read("/")
    assert page.all(f"//header//a/img[@src='{address}?v={replaced['hash'][:12]}'][@width='300']")
    assert ada("PATCH", "/settings", {"logo": "", "icon": ""}, etag="*").status_code == 200
    assert not client.read("/").all("//header//a/img")
