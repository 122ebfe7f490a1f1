"""Compare a large publication with one of a thousand posts: every page is rendered, none comes from the cache."""

from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

from bench import servers
from bench.figures import Figure, Rounds, at_most
from bench.publication import BETWEEN_POSTS, NEWEST, RARE_WORD
from masthead.web.api.paging import cursor_of

SMALL = 1_000
GOAL = 1.3


def measure(
    small: tuple[Path, int, str], large: tuple[Path, int, str], *, rounds: int, seconds: float
) -> list[Figure]:
    """How many times as long each kind of page takes in the large one; each is a home, its size and a post's address."""
    paths = {size: _paths(posts, slug) for size, (_, posts, slug) in (("small", small), ("large", large))}
    with ExitStack() as running:
        # A feed is the same for everybody: a cookie alone does not lead past the memory.
        urls = {
            (size, is_forgetful): running.enter_context(
                servers.granian("masthead.wsgi:app", _variables(home, is_forgetful=is_forgetful))
            )
            for size, home in (("small", small[0]), ("large", large[0]))
            for is_forgetful in (False, True)
        }
        measurements = {
            f"{size} {name}": (
                lambda url=urls[size, name == "feed"] + paths[size][name]: servers.rate(
                    url, seconds=seconds, connections=1, cookie=servers.NOBODY
                )
            )
            for name in paths["small"]
            for size in ("small", "large")
        }
        for measure_once in measurements.values():
            # What is read from the disk for the first time is not what is measured.
            measure_once()
        rates = Rounds(measurements, rounds)
    figures = []
    for name in paths["small"]:
        times, spread = rates.ratio(f"small {name}", f"large {name}")
        figures.append(at_most(f"{name} of {large[1]:,} posts against {SMALL:,}", times, GOAL, spread=spread))
    return figures


def _paths(posts: int, slug: str) -> dict[str, str]:
    # In both as deep as there are posts.
    deep = cursor_of(NEWEST - BETWEEN_POSTS * (posts - 100) + timedelta(seconds=1), 100)
    return {
        "home": "/",
        "post": f"/blog/post/{quote(slug)}",
        "tag": "/blog/tag/topic-7",
        "deep cursor page": f"/api/v1/posts?per_page=20&cursor={deep}",
        "search": f"/search?q={RARE_WORD}",
        "feed": "/feed.xml",
    }


def _variables(home: Path, *, is_forgetful: bool = False) -> dict[str, str]:
    settings = {"MASTHEAD_HOME": str(home), "FLASK_CONFIG": "production", "LOG_LEVEL": "WARNING"}
    return servers.environment(settings | servers.UNLIMITED | (servers.FORGETFUL if is_forgetful else {}))
