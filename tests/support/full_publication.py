"""A publication in which every list, state and element occurs, with moments as real clocks give them."""

from datetime import UTC, datetime, timedelta

from flask import Flask
from sqlalchemy import insert, update

from masthead import clock
from masthead.comments.models import CommentStatus
from masthead.content.rendering import Picture
from masthead.db import db
from masthead.exporting.browser.models import ExportFormat, ExportState, RequestedExport
from masthead.importing.browser.models import UploadedExport, UploadState
from masthead.jobs.models import Job, JobState
from masthead.media import actions as media
from masthead.media.processing.pictures import prepare
from masthead.pages.models import Page
from masthead.people.models import Role
from masthead.posts.lifecycle import Status
from masthead.presets import actions as presets
from masthead.presets.models import PostTemplate, Snippet
from masthead.redirects import actions as redirects
from masthead.settings import actions as settings
from masthead.user_admin import invitations
from tests.factories import BylineFactory, CommentFactory, DraftFactory, PageFactory, PostFactory
from tests.media.pictures import picture
from tests.support.people import Cast

#: Fractions of a second, which a clock gives and round dates of tests do not have.
MOMENT = datetime(2026, 3, 2, 7, 8, 9, 123456, tzinfo=UTC)
POSTS = 24
#: Every element that a text can have.
BODY = """
## Same

## Same

A paragraph with *emphasis*, `code`, a [link](https://example.org/a?b=1&c=2), ~~no~~ and a note[^1].

[^1]: The note, with `code` and a [link](/blog/).

| Left | Right |
|:-----|------:|
| a    | 1     |

- [ ] open
- [x] done

1. one
2. two

> A quotation.

```python
def harvest(field: str) -> int:
    return len(field)
```

Term
: What it means.

![A field]({picture} "In the morning")

Inline ![dot]({picture}) picture, $e = mc^2$, and

$$\\sum_{i=0}^n i$$

<details><summary>More</summary>Hidden</details>
<figure><img src="{picture}" alt=""><figcaption>Caption</figcaption></figure>
<p dir="rtl" lang="ar">مرحبا بالعالم</p>
<time datetime="2026-03-02">then</time> <kbd>Ctrl</kbd> <ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby>

---
"""


def fill(app: Flask, cast: Cast) -> None:
    """Write it into the database of the running test."""
    with app.app_context():
        kept = media.store(
            prepare(picture(size=(400, 300))), name="field.png", alt="A field", by=cast.walt, at=MOMENT
        )
        address = f"/media/{kept.path}"
        links = [{"label": "Latest", "path": "/blog/"}, {"label": "Archive", "path": "/blog/archive/"}]
        settings.change(
            cast.ada,
            title="The Weekly",
            tagline="News of the field",
            description="All about fields.",
            footer="Made by hand.",
            navigation=links,
        )
        db.session.execute(
            insert(Job).values(
                name="mail.send",
                args=[],
                state=JobState.DEAD,
                created_at=MOMENT,
                run_at=MOMENT,
                finished_at=MOMENT,
                attempts=3,
                last_error="It failed.",
            )
        )
        db.session.add_all(
            [
                UploadedExport(
                    kind="wordpress",
                    name="<old> site.xml",
                    state=UploadState.FAILED,
                    problem="This is not an export of WordPress.",
                    created_at=MOMENT,
                    owner_id=cast.ada.id,
                ),
                RequestedExport(
                    kind=ExportFormat.ARCHIVE,
                    state=ExportState.FAILED,
                    summary="The disk is full.",
                    created_at=MOMENT,
                    owner_id=cast.ada.id,
                ),
            ]
        )
        role = Role(name="stringer", title="Stringer", rank=95, permissions=["comments.write"])
        db.session.add(role)
        invitations.invite("nina@example.org", cast.walt.role, by=cast.ada)
        presets.create(PostTemplate, {"name": "Recipe", "body": "## Steps", "tags": ["Food"]}, by=cast.edith)
        presets.create(Snippet, {"name": "Author & <more>", "body": "*By the river.*"}, by=cast.edith)
        redirects.keep_url("/2019/harvest", url="https://example.org/harvest")
        db.session.commit()
    guest = BylineFactory(username="guest", name="Guest & Friend")
    lead = Picture(address, "A field", "Seen in the morning")
    for number in range(POSTS):
        PostFactory(
            author=cast.walt,
            tags=["Harvest", f"Topic {number % 3}"],
            published_at=MOMENT - timedelta(days=20 * number, microseconds=number),
        )
    long = PostFactory(
        title="Everything & <more>",
        slug="everything",
        author=cast.walt,
        bylines=[cast.walt, cast.colin, guest],
        tags=["Harvest", "Two words"],
        body=BODY.replace("{picture}", address),
        summary="All of it.",
        lead=lead,
        language="de",
        published_at=MOMENT + timedelta(days=1),
    )
    PostFactory(
        title="שלום עולם " * 12,
        slug="rtl",
        author=cast.colin,
        body="مرحبا بالعالم " * 60,
        language="he",
        lead=lead,
        published_at=MOMENT + timedelta(days=2),
    )
    for author in (cast.walt, cast.colin, cast.edith, cast.ada):
        DraftFactory(title="Draft", author=author)
        DraftFactory(title="Waiting", author=author, status=Status.IN_REVIEW)
        DraftFactory(title="Gone", author=author, status=Status.TRASHED, trashed_at=clock.now())
        PostFactory(title="Later", author=author, published_at=clock.now() + timedelta(days=3))
    PageFactory(title="About", slug="about", by=cast.edith)
    PageFactory(title="Colophon", slug="colophon", by=cast.edith, is_public=False)
    gone = PageFactory(title="Imprint", slug="imprint", by=cast.edith, is_public=False)
    with app.app_context():
        db.session.execute(update(Page).where(Page.id == gone.id).values(trashed_at=MOMENT))
        db.session.commit()
    # New enough for their authors to edit them.
    for author in cast.everybody().values():
        CommentFactory(post=long, author=author, created_at=clock.now())
    first = CommentFactory(post=long, author=cast.rhea, created_at=MOMENT)
    second = CommentFactory(post=long, author=cast.walt, parent=first, created_at=MOMENT)
    CommentFactory(post=long, author=cast.rhea, parent=second, created_at=MOMENT)
    for status in CommentStatus:
        CommentFactory(post=long, author=cast.rhea, status=status, created_at=MOMENT)
