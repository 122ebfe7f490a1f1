import pickle

import pytest

from masthead.storage.store import KeyRefused, Store


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "files")


def test_put_and_get_return_the_content(store):
    store.put("ab/cd.png", b"content")
    assert store.get("ab/cd.png") == b"content"
    assert (store.size("ab/cd.png"), store.exists("ab/cd.png")) == (7, True)


def test_put_replaces_the_whole_file_and_leaves_nothing_else_behind(store):
    store.put("ab/cd.png", b"a long first content")
    store.put("ab/cd.png", b"short")
    assert store.get("ab/cd.png") == b"short"
    assert [path.name for path in store.folder.rglob("*") if path.is_file()] == ["cd.png"]


def test_get_of_nothing_raises(store):
    assert not store.exists("nothing")
    with pytest.raises(FileNotFoundError):
        store.get("nothing")


def test_delete_removes_the_file_and_is_content_when_there_is_none(store):
    store.put("a", b"1")
    store.delete("a")
    store.delete("a")
    assert not store.exists("a")


def test_keys_lists_everything_or_a_folder(store):
    for key in ("a/1", "a/2", "b/1"):
        store.put(key, b"")
    assert sorted(store.keys()) == ["a/1", "a/2", "b/1"]
    assert sorted(store.keys("a")) == ["a/1", "a/2"]


def test_a_store_makes_no_folder_before_it_is_used(store):
    assert not store.folder.exists()


@pytest.mark.parametrize(
    "key",
    [
        "",
        "/etc/passwd",
        "..",
        "../x",
        "a/../b",
        "a/./b",
        "a//b",
        "a/",
        ".hidden",
        "a/.hidden",
        "a\\b",
        "A",
        "a\0",
        "a b",
        "ä",
        "a" * 401,
    ],
)
def test_a_key_that_could_leave_the_folder_is_refused(store, key):
    for use in (store.get, store.delete, store.size, lambda key: store.put(key, b"")):
        with pytest.raises(KeyRefused):
            use(key)


def test_a_copy_for_another_process_opens_the_folder_there(tmp_path):
    store = Store(tmp_path / "files")
    store.put("a.txt", b"x")
    copied = pickle.loads(pickle.dumps(store))
    assert copied.get("a.txt") == b"x"
