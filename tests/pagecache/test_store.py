from masthead import clock
from masthead.pagecache.cached_page import CachedPage, made
from masthead.pagecache.dependencies import ExpiryTimes, PageDependencies
from masthead.pagecache.store import PageStore


def page(store: PageStore, *topics: str, size: int = 1_000) -> CachedPage:
    reading = PageDependencies(store.position, ExpiryTimes(store.changed_since))
    reading.topics.update(topics)
    return made("200 OK", [], b"x" * size, reading, at=clock.now(), varies_by_cookie=False)


def test_a_page_goes_when_a_topic_of_it_changes():
    store = PageStore(1_000_000)
    store.put("/", page(store, "posts", "settings"), since=store.position)
    store.put("/about", page(store, "page:1", "settings"), since=store.position)
    store.drop(["posts"])
    assert (store.get("/"), store.get("/about") is not None) == (None, True)


def test_a_page_made_before_a_change_is_refused():
    store = PageStore(1_000_000)
    since = store.position
    store.drop(["posts"])
    assert not store.put("/", page(store, "posts"), since=since)
    assert store.put("/about", page(store, "page:1"), since=since)
    store.clear()
    assert not store.put("/about", page(store, "page:1"), since=since)


def test_what_was_read_the_longest_time_ago_goes_first():
    store = PageStore(100_000)
    for number in range(60):
        store.put(f"/{number}", page(store, "posts", size=3_000), since=store.position)
        store.get("/0")
    assert store.size <= 100_000
    assert store.get("/0") is not None
    assert store.get("/1") is None
    store.drop(["posts"])
    assert (len(store), store.size) == (0, 0)


def test_a_page_that_would_take_all_the_room_is_not_kept():
    store = PageStore(100_000)
    assert not store.put("/", page(store, "posts", size=50_000), since=store.position)


def test_more_topics_than_are_remembered_refuse_too_much_and_never_too_little(monkeypatch):
    monkeypatch.setattr("masthead.pagecache.store.REMEMBERED_TOPICS", 10)
    store = PageStore(100_000)
    since = store.position
    store.drop(["post:0"])
    for number in range(1, 30):
        store.drop([f"post:{number}"])
    assert not store.put("/", page(store, "post:0"), since=since)
