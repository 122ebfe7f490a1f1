"""Pictures, galleries, cards and players in a text, as a reader sees them."""

from masthead import clock
from masthead.db import db
from masthead.embeds.models import Embed
from masthead.media.external import hash_of
from tests.factories import PostFactory
from tests.support.browsers import assert_accessible

YOUTUBE = "https://www.youtube.com/watch?v=dQw4w9WgXcQ"
FERRY = "https://example.org/ferry"
BODY = f"""
![A wide one](/media/aa/a.png "Wide"){{.wide}}

![](/media/aa/b.png)
![B](/media/aa/c.png "Two")
![C](/media/aa/d.png)

![Talk](/media/aa/t.mp3 "Part 1"){{captions=/media/aa/t.vtt transcript=#words}}

{YOUTUBE}

{FERRY}

## Words
"""


def test_nothing_is_asked_of_others_before_a_reader_starts_a_player(page, live_site, app, cast):
    with app.app_context():
        for address, title in ((FERRY, "The ferry " * 9), (YOUTUBE, "A film")):
            row = Embed(
                address_hash=hash_of(address),
                address=address,
                title=title,
                description="In the fog",
                tried_at=clock.now(),
            )
            db.session.add(row)
        db.session.commit()
    post = PostFactory(author=cast.walt, slug="media", body=BODY)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.route(
        "https://www.youtube-nocookie.com/**",
        lambda route: route.fulfill(body="<title>Film</title>", content_type="text/html"),
    )
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(f"/blog/post/{post.slug}")
        assert_accessible(page)
        assert page.locator("html").evaluate("root => root.scrollWidth") <= width
    assert [url for url in asked if not url.startswith(live_site.url)] == []
    button = page.get_by_role("button", name="Play video: A film")
    assert "YouTube" in page.locator(".embed-note").inner_text()
    button.click()
    frame = page.frame_locator("iframe[title='A film (YouTube)']")
    frame.locator("html").wait_for(state="attached")
    assert [url for url in asked if "youtube-nocookie.com/embed/dQw4w9WgXcQ" in url]
    assert page.evaluate("document.activeElement.tagName") == "IFRAME"
