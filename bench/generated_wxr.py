"""Writes an export of a WordPress site of any size, for measurements: the same bytes for the same numbers.

python -m bench.generated_wxr FILE --posts 100000 --comments 500000 [--bytes 1000000000]
"""

import argparse
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

_WORDS: Final = [
    "river",
    "harbour",
    "ferry",
    "council",
    "bridge",
    "letter",
    "market",
    "winter",
    "garden",
    "lantern",
    "signal",
    "quarry",
    "orchard",
    "station",
    "valley",
    "museum",
    "editor",
    "printer",
    "paper",
    "margin",
    "column",
    "headline",
    "archive",
    "window",
    "engine",
    "station",
    "morning",
    "evening",
    "lighthouse",
    "captain",
]
_HEAD: Final = """<?xml version="1.0" encoding="UTF-8" ?>
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/" xmlns:content="http://purl.org/rss/1.0/modules/content/" \
xmlns:wfw="http://wellformedweb.org/CommentAPI/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/">
<channel><title>The Generated Gazette</title><link>https://gazette.example</link><wp:wxr_version>1.2</wp:wxr_version>
<wp:base_site_url>https://gazette.example</wp:base_site_url><wp:base_blog_url>https://gazette.example</wp:base_blog_url>
"""
_BEGUN: Final = datetime(2010, 1, 1, 8)  # noqa: DTZ001 (WordPress writes local time without a zone)


def parts(posts: int, comments: int, size: int = 0) -> Iterator[str]:
    """The export in parts; ``size`` is the number of bytes that it shall have about."""
    rng = random.Random(posts)
    words = max(60, (size - 450 * comments) // max(posts, 1) // 9) if size else 250
    yield _HEAD
    for number in range(40):
        yield (
            f"<wp:author><wp:author_id>{number + 1}</wp:author_id><wp:author_login>writer{number}</wp:author_login>"
            f"<wp:author_display_name><![CDATA[Writer {number}]]></wp:author_display_name></wp:author>\n"
        )
    for number in range(1, posts + 1):
        share = comments * number // posts - comments * (number - 1) // posts
        yield _post(number, share, words, rng)
    yield "</channel></rss>\n"


def _post(number: int, comments: int, words: int, rng: random.Random) -> str:
    at = _BEGUN + timedelta(minutes=80 * number)
    slug = f"{rng.choice(_WORDS)}-{rng.choice(_WORDS)}-{number}"
    body = "\n\n".join(_paragraph(rng, 60) for _ in range(max(1, words // 60)))
    terms = "".join(
        f'<category domain="{domain}" nicename="{name}"><![CDATA[{name.title()}]]></category>'
        for domain, name in (("category", rng.choice(_WORDS)), ("post_tag", rng.choice(_WORDS)))
    )
    return (
        f"<item><title><![CDATA[{_sentence(rng, 6)}]]></title><link>https://gazette.example/{at:%Y/%m/%d}/{slug}/</link>"
        f"<pubDate>{at:%a, %d %b %Y %H:%M:%S} +0000</pubDate><dc:creator><![CDATA[writer{number % 40}]]></dc:creator>"
        f'<guid isPermaLink="false">https://gazette.example/?p={number}</guid><description></description>'
        f"<content:encoded><![CDATA[{body}]]></content:encoded><excerpt:encoded><![CDATA[]]></excerpt:encoded>"
        f"<wp:post_id>{number}</wp:post_id><wp:post_date>{at:%Y-%m-%d %H:%M:%S}</wp:post_date>"
        f"<wp:post_date_gmt>{at:%Y-%m-%d %H:%M:%S}</wp:post_date_gmt><wp:comment_status>open</wp:comment_status>"
        f"<wp:post_name>{slug}</wp:post_name><wp:status>publish</wp:status><wp:post_parent>0</wp:post_parent>"
        f"<wp:post_type>post</wp:post_type><wp:is_sticky>0</wp:is_sticky>{terms}"
        + "".join(_comment(number, place, at, rng) for place in range(comments))
        + "</item>\n"
    )


def _comment(post: int, place: int, at: datetime, rng: random.Random) -> str:
    # Every fifth post brings a reader who has not commented before, whatever the number of posts.
    reader = rng.randrange(max(1, post // 5 + 1))
    when = at + timedelta(minutes=7 * (place + 1))
    parent = rng.randrange(place + 1)
    return (
        f"<wp:comment><wp:comment_id>{post * 1000 + place + 1}</wp:comment_id>"
        f"<wp:comment_author><![CDATA[Reader {reader}]]></wp:comment_author>"
        f"<wp:comment_author_email>reader{reader}@example.org</wp:comment_author_email>"
        f"<wp:comment_date>{when:%Y-%m-%d %H:%M:%S}</wp:comment_date><wp:comment_date_gmt>{when:%Y-%m-%d %H:%M:%S}</wp:comment_date_gmt>"
        f"<wp:comment_content><![CDATA[{_sentence(rng, 18)}]]></wp:comment_content><wp:comment_approved>1</wp:comment_approved>"
        f"<wp:comment_type>comment</wp:comment_type><wp:comment_parent>{post * 1000 + parent if parent else 0}</wp:comment_parent>"
        "<wp:comment_user_id>0</wp:comment_user_id></wp:comment>"
    )


def _paragraph(rng: random.Random, words: int) -> str:
    text = _sentence(rng, words)
    return rng.choice(
        (
            text,
            f"<strong>{text[:20]}</strong>{text[20:]}",
            f'{text} <a href="https://gazette.example/">here</a>.',
            f"<em>{text}</em>",
        )
    )


def _sentence(rng: random.Random, words: int) -> str:
    return " ".join(rng.choices(_WORDS, k=words)).capitalize()


def main() -> None:
    """Write the file that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--posts", type=int, default=1_000)
    parser.add_argument("--comments", type=int, default=5_000)
    parser.add_argument("--bytes", type=int, default=0, help="about this many bytes in all")
    options = parser.parse_args()
    with options.file.open("w", encoding="utf-8") as file:
        file.writelines(parts(options.posts, options.comments, options.bytes))


if __name__ == "__main__":
    main()
