"""The pages of the media library, without a script: uploads, words, crops, replacements, uses and the trash."""

from io import BytesIO

import pytest
from sqlalchemy import select

from masthead.db import db
from masthead.media.models import Media
from tests.factories import PostFactory
from tests.media.pictures import picture

LIBRARY = "/admin/media"


def send(visitor, path, *files, **fields):
    sent = [(BytesIO(content), name) for name, content in files]
    data = {"csrf_token": visitor.form_token(), "file": sent, **fields}
    return visitor.post(path, data=data, content_type="multipart/form-data")


def address_at(app, media_id):
    with app.app_context():
        return f"/media/{db.session.get(Media, media_id).path}"


@pytest.fixture
def field(app, cast, sign_in):
    """A picture of Walt's; its page."""
    answer = send(sign_in(cast.walt), LIBRARY, ("field.png", picture(size=(80, 60))))
    assert answer.status_code == 303
    return answer.headers["Location"]


def test_files_of_a_form_come_in_and_refused_ones_are_named(app, cast, sign_in):
    walt = sign_in(cast.walt)
    good, other = picture(size=(40, 30)), picture(size=(30, 40))
    assert send(walt, LIBRARY, ("a.png", good), ("b.exe", b"MZ nothing"), ("c.png", other)).status_code == 303
    page = walt.read(LIBRARY)
    said = page.text("//main")
    assert "2 files uploaded." in said
    assert "b.exe: " in said
    assert page.all("//li[@class='media-tile']//bdi/text()") == ["c.png", "a.png"]
    assert "No alternative text" in said
    assert send(walt, LIBRARY).headers["Location"].endswith(LIBRARY)


def test_library_finds_by_words_kind_person_day_and_use(cast, sign_in, field):
    walt, edith = sign_in(cast.walt), sign_in(cast.edith)
    walt.fill_in(field, alt="A field of wheat", caption="In June")
    send(edith, LIBRARY, ("notes.vtt", b"WEBVTT\n\n00:00.000 --> 00:01.000\nHello\n"))

    def names(query):
        return edith.read(f"{LIBRARY}?{query}").all(
            "//tbody//th//bdi/text() | //li[@class='media-tile']//bdi/text()"
        )

    assert names("") == names("view=list") == ["notes.vtt", "field.png"]
    assert names("q=wheat+june") == names("kind=image") == names(f"by={cast.walt.username}") == ["field.png"]
    assert names("kind=captions&view=list") == ["notes.vtt"]
    assert names("since=2999-01-01") == names("q=nothing") == []
    assert "No files found" in edith.read(f"{LIBRARY}?q=nothing").text("//main")
    for odd in (
        "kind=nonsense",
        "since=nonsense",
        "before=nonsense",
        "before=2026-01-01T00:00:00,9",
        "by=%00",
        "q=" + "a+" * 200,
    ):
        assert edith.get(f"{LIBRARY}?{odd}").status_code in {200, 400}


def test_words_and_focal_point_are_kept_and_decorative_is_a_choice(app, cast, sign_in, field):
    walt = sign_in(cast.walt)
    assert walt.fill_in(field, alt="A <field>", credit="Rhea", focal_x="10", focal_y="90").status_code == 303
    page = walt.read(field)
    assert page.value_of("alt") == "A <field>"
    assert page.all("//input[@name='focal_x']/@value") == ["10.0"]
    assert "![A \\<field>](/media/" in page.all("//input[@id='markdown']/@value")[0]
    refused = walt.fill_in(field, alt="A field", decorative=True)
    assert refused.status_code == 422
    assert "Choose one of both" in refused.text
    assert walt.fill_in(field, alt="", decorative=True).status_code == 303
    assert walt.fill_in(field, focal_x="101").status_code == 422
    with app.app_context():
        media = db.session.scalars(select(Media)).one()
        assert (media.decorative, media.alt, media.focal_x) == (True, "", 0.1)


def test_crop_and_replacement_keep_the_address_and_pages_follow(app, cast, sign_in, client, field):
    walt = sign_in(cast.walt)
    address = address_at(app, int(field.rsplit("/", 1)[1]))
    PostFactory(author=cast.walt, slug="a", body=f"![A field]({address})", lead=None)
    (image,) = client.read("/blog/post/a").all("//div[@class='prose']//img")
    assert (image.get("src"), image.get("width")) == (address, "80")
    assert walt.fill_in(field, rotation="90", left="0", top="0", width="50", height="100").status_code == 303
    (image,) = client.read("/blog/post/a").all("//div[@class='prose']//img")
    assert (image.get("width"), image.get("height")) == ("30", "80")
    assert image.get("src").startswith(f"{address}?v=")
    assert walt.fill_in(field, left="60", width="50").status_code == 422
    old = walt.read(field).all("//form[contains(@action, 'replace')]//input[@name='version']/@value")[0]
    answer = send(walt, f"{field}/replace", ("new.png", picture(size=(90, 30))), version=old)
    assert answer.status_code == 303
    (image,) = client.read("/blog/post/a").all("//div[@class='prose']//img")
    assert image.get("width") == "90"
    # Somebody who saw the former file does not overwrite the new one.
    send(walt, f"{field}/replace", ("other.png", picture(size=(20, 20))), version=old)
    assert client.read("/blog/post/a").all("//div[@class='prose']//img/@width") == ["90"]


def test_trash_warns_where_a_file_is_used_and_gives_it_back(app, cast, sign_in, client, field):
    walt = sign_in(cast.walt)
    address = address_at(app, int(field.rsplit("/", 1)[1]))
    PostFactory(author=cast.walt, title="Harvest", slug="a", body=f"![A field]({address})")
    assert "shown in 1 place" in walt.read(field).text("//main")
    asked = walt.read(f"{field}/delete")
    assert "Harvest" in asked.text("//div[@class='message']")
    assert walt.press(f"{field}/delete", action=f"{field}/delete").status_code == 303
    assert client.get(address).status_code == 404
    assert walt.read(LIBRARY).all("//li[@class='media-tile']") == []
    assert len(walt.read(f"{LIBRARY}?trash=1").all("//li[@class='media-tile']")) == 1
    assert walt.press(field, action=f"{field}/restore").status_code == 303
    assert client.get(address).status_code == 200
    walt.press(f"{field}/delete", action=f"{field}/delete")
    assert walt.press(f"{field}/delete", action=f"{field}/delete").status_code == 303
    assert walt.get(field).status_code == 404


def test_only_its_owner_and_editors_change_a_file(cast, sign_in, field):
    assert sign_in(cast.rhea).get(LIBRARY).status_code == 403
    assert sign_in(cast.edith).fill_in(field, alt="Edith's").status_code == 303
    colin = sign_in(cast.colin)
    page = colin.read(field)
    assert page.all("//form[@data-media-words]") == []
    token = colin.form_token()
    for path, data in ((field, {"alt": "x"}), (f"{field}/delete", {}), (f"{field}/edit", {"rotation": "90"})):
        assert colin.post(path, data={"csrf_token": token, **data}).status_code == 403
    assert send(colin, f"{field}/replace", ("a.png", picture())).status_code == 403
