"""Writes a Jekyll folder of made-up posts, to measure imports with: always the same bytes for the same arguments.

    python bench/generated_folder.py DIR [--posts 10000] [--pictures 0]

A post has 4 KB on average: headings, lists, links to other posts, a table and, in every third one, highlighted code.
"""

import argparse
import random
import struct
import zlib
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

WORDS = [
    "river",
    "harvest",
    "lantern",
    "winter",
    "market",
    "orchard",
    "letter",
    "printer",
    "window",
    "garden",
    "bridge",
    "meadow",
    "copper",
    "sailor",
    "thunder",
    "valley",
    "pepper",
    "ribbon",
    "candle",
    "harbour",
    "feather",
    "mirror",
    "cellar",
    "barley",
    "anchor",
    "willow",
    "ferry",
    "stone",
    "paper",
    "kettle",
]
TAGS = [f"{first} {second}".title() for first in WORDS[:10] for second in WORDS[10:20]]
AUTHORS = {f"{first}-{second}": f"{first} {second}".title() for first in WORDS[:5] for second in WORDS[5:10]}
CODE = '```python\ndef {0}({1}: int) -> str:\n    """{2}"""\n    return f"{{{1}:>4}} {2}"  # {0}\n```\n\n'
FIRST_DAY = date(1998, 1, 1)
MEAN_PARAGRAPHS = 9


def write(folder: Path, *, posts: int, pictures: int) -> None:
    """Write the folder; it must not hold posts yet."""
    (folder / "_posts").mkdir(parents=True)
    (folder / "_data").mkdir()
    (folder / "_config.yml").write_text("title: Generated\nurl: https://generated.example\n")
    described = "".join(f"{key}:\n  name: {name}\n" for key, name in AUTHORS.items())
    (folder / "_data/authors.yml").write_text(described)
    for number in range(posts):
        (folder / "_posts" / f"{_name(number)}.md").write_text(_post(number, posts, pictures))
    (folder / "images").mkdir()
    for number in range(pictures):
        (folder / f"images/{number}.png").write_bytes(_picture(number))


def _name(number: int) -> str:
    chance = random.Random(number)
    day = FIRST_DAY + timedelta(days=number)
    return f"{day:%Y-%m-%d}-{chance.choice(WORDS)}-{chance.choice(WORDS)}-{number}"


def _post(number: int, posts: int, pictures: int) -> str:
    chance = random.Random(f"post {number}")
    tags = ", ".join(chance.sample(TAGS, chance.randint(1, 5)))
    authors = ", ".join(chance.sample(sorted(AUTHORS), chance.randint(1, 3)))
    title = " ".join(chance.choices(WORDS, k=6)).capitalize()
    head = f"---\ntitle: {title}\nauthors: [{authors}]\ntags: [{tags}]\nexcerpt: {_sentence(chance)}\n---\n"
    return head + "".join(_parts(chance, number, posts, pictures))


def _parts(chance: random.Random, number: int, posts: int, pictures: int) -> Iterator[str]:
    for paragraph in range(chance.randint(MEAN_PARAGRAPHS - 4, MEAN_PARAGRAPHS + 4)):
        if paragraph % 3 == 2:
            yield f"## {_sentence(chance, words=4)}\n\n"
        yield f"{' '.join(_sentence(chance) for _ in range(chance.randint(3, 7)))}\n\n"
    other = _name(chance.randrange(posts))
    year, month, day, slug = other.split("-", 3)
    yield f"See [{slug}](/{year}/{month}/{day}/{slug}.html) and **{_sentence(chance, words=3)}**\n\n"
    yield "".join(f"- {_sentence(chance, words=5)}\n" for _ in range(5)) + "\n"
    yield (
        "| a | b |\n|---|---|\n"
        + "".join(f"| {word} | {number} |\n" for word in chance.sample(WORDS, 4))
        + "\n"
    )
    if number % 3 == 0:
        yield CODE.format(*chance.sample(WORDS, 3))
    if pictures:
        yield f"![{chance.choice(WORDS)}](/images/{number % pictures}.png)\n"


def _sentence(chance: random.Random, *, words: int = 14) -> str:
    return " ".join(chance.choices(WORDS, k=words)).capitalize() + "."


def _picture(number: int) -> bytes:
    """A PNG of one colour, 640 × 480."""
    row = b"\0" + bytes((number * 7 % 256, number * 13 % 256, number * 29 % 256)) * 640
    header = struct.pack(">IIBBBBB", 640, 480, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(row * 480)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in parts
    )


def main() -> None:
    """Read the arguments and write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--posts", type=int, default=10_000)
    parser.add_argument("--pictures", type=int, default=0)
    arguments = parser.parse_args()
    write(arguments.folder, posts=arguments.posts, pictures=arguments.pictures)


if __name__ == "__main__":
    main()
