"""Pictures of a collection: drawn in parallel processes before anything is written."""

import re
from collections.abc import Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from flask import current_app, url_for

from masthead.content.rendering import Picture
from masthead.media import actions as media
from masthead.media.processing.facts import PreparedPicture
from masthead.media.processing.pictures import prepare
from masthead.operation.demo.collection import Text
from masthead.operation.demo.still_lifes import DRAWINGS, draw
from masthead.people.models import User

#: Syntax of a drawing in a text: `![](scene:coast "Caption")`.
PLACE = re.compile(r"!\[\]\(scene:(\w+)")


class DemoPicture(NamedTuple):
    """A drawing's scene, and the seed that varies it."""

    scene: str
    seed: str


class Drawn(NamedTuple):
    """A finished drawing and its URL."""

    picture: PreparedPicture
    url: str


def wanted_by(text: Text) -> list[DemoPicture]:
    """List the drawings of a text, the lead picture first."""
    inside = [DemoPicture(scene, f"{text.slug}/{n}") for n, scene in enumerate(PLACE.findall(text.body))]
    return [DemoPicture(text.scene, text.slug), *inside] if text.scene else inside


def drawn(texts: Iterable[Text]) -> dict[DemoPicture, Drawn]:
    """Draw all pictures of the texts. Call it before the store is used: a forked process could not use it then."""
    wanted = [one for text in texts for one in wanted_by(text)]
    if not wanted:
        return {}
    with ProcessPoolExecutor() as processes:
        pictures = list(processes.map(_prepared, wanted))
    with current_app.test_request_context():
        urls = [url_for("media.show", path=picture.path) for picture in pictures]
    return {one: Drawn(*pair) for one, pair in zip(wanted, zip(pictures, urls, strict=True), strict=True)}


def _prepared(wanted: DemoPicture) -> PreparedPicture:
    return prepare(draw(wanted.seed, wanted.scene))


def lead_of(text: Text, drawings: Mapping[DemoPicture, Drawn]) -> Picture | None:
    """Return the lead picture of a post."""
    if not text.scene:
        return None
    return Picture(drawings[DemoPicture(text.scene, text.slug)].url, DRAWINGS[text.scene][1], text.caption)


def placed(text: Text, drawings: Mapping[DemoPicture, Drawn]) -> Text:
    """Replace scene references by URLs and alternative texts."""
    number = iter(range(len(drawings) + 1))

    def place(match: re.Match[str]) -> str:
        drawing = drawings[DemoPicture(match[1], f"{text.slug}/{next(number)}")]
        return f"![{DRAWINGS[match[1]][1]}]({drawing.url}"

    return replace(text, body=PLACE.sub(place, text.body))


def store(drawings: Mapping[DemoPicture, Drawn], *, by: User, at: datetime) -> None:
    """Store the drawings."""
    for wanted, drawing in drawings.items():
        media.store(drawing.picture, name=f"{wanted.seed}.jpg", alt=DRAWINGS[wanted.scene][1], by=by, at=at)
