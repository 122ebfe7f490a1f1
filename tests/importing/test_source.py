"""The import with a source that has no files: the machinery only needs the interface `Source`."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import ClassVar

import pytest

from masthead.db import db
from masthead.importing.batch import ImportOptions
from masthead.importing.errors import Unreadable
from masthead.importing.image_import import ImageImporter
from masthead.importing.importer import Importer
from masthead.importing.items import (
    Item,
    ItemKind,
    ItemOutcome,
    MenuEntry,
    NoteCollector,
    PublicationStatus,
    ScannedItem,
    SourceAuthor,
    SourceComment,
)
from masthead.importing.preparation.link_rewriter import LinkRewriter
from masthead.importing.reporting.report import ImportReport
from masthead.importing.scan import ScanResult
from masthead.importing.site_data import SiteRecord, SiteRedirect
from masthead.importing.source import Source, TranslatedBody
from masthead.importing.urls.index import AddressIndex
from masthead.posts.models import Post
from tests.media.pictures import picture


def item(source: str, kind: ItemKind, body: str, old_path: str, **fields) -> Item:
    """Make an item with these fields; the others have usual values."""
    values = {
        "title": source.title(),
        "slug": source,
        "date": datetime(2020, 1, 2, tzinfo=UTC),
        "updated": None,
        "status": PublicationStatus.PUBLISHED,
        "authors": (SourceAuthor("grace", "Grace Hopper"),) if kind is ItemKind.POST else (),
        "tags": ("rivers",) if kind is ItemKind.POST else (),
        "summary": "",
        "lead": None,
        "canonical": None,
        "language": None,
        "old_paths": (old_path,),
        "body_line": 1,
    }
    return Item(source=source, kind=kind, body=body, **(values | fields))


class Rows:
    """Items in memory, found by their number as in a database."""

    format_name = "rows"
    location = "memory"
    default_name = "old.example"
    is_own_export = False
    old_hosts = frozenset({"old.example"})
    base_path = ""
    fetches_images = False
    heading_rule = None
    address_rule = "numbers"
    no_posts_advice = ""
    problems = ()
    remarks: ClassVar[dict[str, list[SourceComment]]] = {}
    menu: ClassVar[tuple[MenuEntry, ...]] = ()

    def __init__(self, *items: Item) -> None:
        self._items = {f"row {number}": one for number, one in enumerate(items)}

    @property
    def images(self) -> "Rows":
        return self

    def has_file(self, path: str) -> bool:
        return path == "uploads/river.png"

    def read(self, path: str, *, limit: int) -> bytes:
        if not self.has_file(path):
            raise Unreadable("There is no such picture.")
        return picture()

    def scan(self) -> ScanResult:
        result = ScanResult()
        for locator, one in self._items.items():
            scanned = ScannedItem(locator, one.source, one.kind, one.slug, one.language)
            result.add(scanned, one, group=one.kind.value)
            for author in one.authors:
                result.credit(author)
        result.addresses.claim(self._items.values(), ())
        return result

    def item(self, locator: str) -> Item:
        return self._items[locator]

    def translate(
        self, locator: str, item: Item, addresses: AddressIndex, images: ImageImporter
    ) -> TranslatedBody:
        notes = NoteCollector()
        rewriter = LinkRewriter(self, addresses, images, item.old_paths[0], notes)
        body = rewriter.rewrite(item.body)
        pictures = tuple(rewriter.pictures.values())
        return TranslatedBody(body, None, tuple(notes.notes), links=rewriter.rewritten, pictures=pictures)

    def comments(self, locator: str) -> Iterable[SourceComment]:
        return self.remarks.get(locator, ())

    def navigation(self) -> Iterable[MenuEntry]:
        return self.menu

    def site_records(self) -> Iterator[SiteRecord]:
        yield SiteRedirect("/old-shop", "https://shop.example/")

    def tag_pages(self, name: str) -> Iterable[str]:
        return (f"/?tag={name}",)

    def feeds(self) -> Iterable[str]:
        return ("old-feed.rdf",)

    def unsupported_settings(self) -> Iterable[str]:
        return ()


@pytest.fixture
def run(app, cast):
    """Import a source in this process; the counts of outcomes and of lost parts."""

    def import_source(source: Source):
        with app.app_context(), ImportReport(None) as report:
            importer = Importer(source, ImportOptions(), report)
            importer.scan()
            done = []
            importer.run(lambda count, total: done.append((count, total)))
            importer.finish()
            assert sum(count for count, _ in done) == len(source.scan().items)
            return dict(report.totals.outcomes), dict(report.totals.lost)

    return import_source


ROWS = (
    item(
        "ferry",
        ItemKind.POST,
        "[the bridge](https://old.example/2020/bridge), [gone](/gone) ![river](/uploads/river.png)",
        "/2020/ferry",
    ),
    item("bridge", ItemKind.POST, "Built of [stone](/about-us).", "/2020/bridge"),
    item("about-us", ItemKind.PAGE, "We write.", "/about-us"),
)


def test_items_links_images_and_redirects_of_any_source_are_imported(run, client, app):
    outcomes, lost = run(Rows(*ROWS))
    assert outcomes == {ItemOutcome.IMPORTED: 3}
    assert lost == {"links": 1}
    page = client.read("/blog/post/ferry")
    assert page.text("//h1") == "Ferry"
    assert "Grace Hopper" in page.text("//main")
    assert any(image.get("src").startswith("/media/") for image in page.all("//main//img"))
    assert client.get("/2020/ferry").location == "/blog/post/ferry"
    assert client.get("/old-shop").location == "https://shop.example/"
    assert client.get("/old-feed.rdf").location == "/feed.xml"
    assert "/page/about-us" in client.read("/blog/post/bridge").links
    with app.app_context():
        assert db.session.query(Post).count() == 2


def test_a_second_import_of_any_source_changes_nothing(run):
    run(Rows(*ROWS))
    assert run(Rows(*ROWS))[0] == {ItemOutcome.UNCHANGED: 3}
