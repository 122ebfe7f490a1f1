"""The focal point in every crop: the picture of a card is cut around it, and style sheets keep it in sight."""

from io import BytesIO

from PIL import Image

from masthead.jobs.runner import Runner
from masthead.media.processing import isolation
from tests.api.conftest import as_  # noqa: F401
from tests.factories import PostFactory

RED, BLUE = (200, 0, 0), (0, 0, 200)


def banded() -> bytes:
    """A picture whose uppermost tenth is red."""
    image = Image.new("RGB", (1600, 1200), BLUE)
    image.paste(RED, (0, 0, 1600, 120))
    written = BytesIO()
    image.save(written, "PNG")
    return written.getvalue()


def test_cards_and_portraits_show_the_focal_point(app, cast, as_, client, monkeypatch):  # noqa: F811
    walt = as_(cast.walt)
    media = walt("POST", "/media", data={"file": (BytesIO(banded()), "a.png"), "alt": "Sea"}).json
    post = PostFactory(author=cast.walt, title="Harvest", lead_image=media["address"])
    path = f"/blog/post/{post.slug}"

    def card():
        page = client.read(path)
        (url,) = page.all("//meta[@property='og:image']/@content")
        sizes = [page.all(f"//meta[@property='og:image:{side}']/@content") for side in ("width", "height")]
        answer = client.get("/" + url.partition("//")[2].partition("/")[2])
        assert answer.status_code == 200
        image = Image.open(BytesIO(answer.data)).convert("RGB")
        assert sizes == [[str(side)] for side in image.size]
        return url, answer.mimetype, image

    assert card()[1] == "image/png"
    Runner(app).run_due()
    middle, media_type, image = card()
    assert (media_type, image.size) == ("image/jpeg", (1200, 630))
    assert image.getpixel((600, 2))[2] > 150
    assert {(one["width"], one["height"]) for one in walt("GET", f"/media/{media['id']}").json["variants"]} == {
        (320, 240), (640, 480), (960, 720), (1280, 960),
    }  # fmt: skip

    assert walt("PATCH", f"/media/{media['id']}", {"focal": {"x": 0.5, "y": 0}}, etag="*").status_code == 200
    Runner(app).run_due()
    top, _, image = card()
    assert image.getpixel((600, 2))[0] > 150
    assert top != middle
    # Networks ask again for a while for the one that they were told of.
    assert client.get("/" + middle.partition("//")[2].partition("/")[2]).status_code == 200

    # A run that is refused costs the picture none of the variants that it has.
    variants = walt("GET", f"/media/{media['id']}").json["variants"]
    assert walt("PATCH", f"/media/{media['id']}", {"focal": {"x": 0.5, "y": 1}}, etag="*").status_code == 200
    monkeypatch.setattr(isolation, "SECONDS", 0.001)
    Runner(app).run_due()
    monkeypatch.undo()
    refused = walt("GET", f"/media/{media['id']}").json
    assert (refused["status"], bool(refused["problem"]), refused["variants"]) == ("failed", True, variants)
    assert card()[0] == top

    assert walt("PATCH", "/auth/me", {"avatar": media["address"]}, etag="*").status_code == 200
    page = client.read(path)
    (portrait, *_) = page.all("//img[@class='portrait']")
    assert (portrait.get("data-focus-y"), portrait.get("width"), portrait.get("alt")) == ("10", "48", "")
    assert "320w" in portrait.get("srcset")
    assert page.all("//link[contains(@href, 'css/focus.')]")
