"""Memory does not grow with the size of an export."""

import gc
import tracemalloc

import pytest

from masthead import clock
from masthead.importing.urls.slug_planning import plan_slugs
from masthead.importing.wordpress.options import WordPressOptions
from masthead.importing.wordpress.source import WordPressExport
from masthead.importing.wordpress.spool import Spool
from tests.importing.wordpress.conftest import comment, item, meta, wxr

#: A list entry for each text takes more.
BYTES_FOR_EACH = 50


@pytest.fixture
def held(tmp_path):
    """The bytes that are held when an export of so many texts is read and planned."""

    def measure(count: int) -> int:
        file = tmp_path / f"{count}.xml"
        texts = (
            item(
                n,
                content="Words. " * 50,
                more=meta(_wp_old_slug=f"old-{n}") + comment(n, author=f"Reader {n}"),
            )
            for n in range(1, count + 1)
        )
        file.write_text(wxr(*texts))
        gc.collect()
        tracemalloc.start()
        try:
            before = tracemalloc.get_traced_memory()[0]
            with Spool() as spool:
                options = WordPressOptions(now=clock.now(), old_url="", byline="", fetch_images=False)
                export = WordPressExport.open([file], options, spool)
                found = export.scan()
                slugs = plan_slugs(found.items, {}, lambda _kind, _slugs: set())
                found.addresses.urls.update(
                    (one.source, f"/blog/post/{slugs[one.source]}") for one in found.items
                )
                assert found.addresses.url_of_path(f"/2020/01/old-{count}/") == f"/blog/post/text-{count}"
                gc.collect()
                return tracemalloc.get_traced_memory()[0] - before
        finally:
            tracemalloc.stop()

    return measure


def test_reading_and_planning_hold_no_text(held):
    held(100)
    few, many = held(100), held(500)
    assert (many - few) / 400 < BYTES_FOR_EACH
