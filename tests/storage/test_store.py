import pickle

import pytest

from masthead.storage.errors import StoreUnavailable
from masthead.storage.store import Bucket, FolderStore, KeyRefused, opened
from tests.support.buckets import ACCESS_KEY, SECRET_KEY


@pytest.fixture(params=["folder", "bucket"])
def store(request, tmp_path):
    if request.param == "folder":
        return FolderStore(tmp_path / "files")
    return opened(request.getfixturevalue("bucket_url"), access_key=ACCESS_KEY, secret_key=SECRET_KEY)


@pytest.fixture
def folder(tmp_path):
    return FolderStore(tmp_path / "files")


def test_put_and_get_return_the_content(store):
    store.put("ab/cd.png", b"content")
    assert store.get("ab/cd.png") == b"content"
    assert (store.size("ab/cd.png"), store.exists("ab/cd.png")) == (7, True)


def test_put_replaces_the_whole_file_and_leaves_nothing_else_behind(store):
    store.put("ab/cd.png", b"a long first content")
    store.put("ab/cd.png", b"short")
    assert store.get("ab/cd.png") == b"short"
    assert list(store.keys()) == ["ab/cd.png"]


def test_put_leaves_nothing_beside_the_file(folder):
    folder.put("ab/cd.png", b"a long first content")
    folder.put("ab/cd.png", b"short")
    assert [path.name for path in folder.folder.rglob("*") if path.is_file()] == ["cd.png"]


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


def test_a_store_makes_no_folder_before_it_is_used(folder):
    assert not folder.folder.exists()
    assert folder.problem() is None
    assert not folder.folder.exists()


def test_a_store_that_can_be_used_has_no_problem(store):
    assert store.problem() is None


def test_a_file_where_the_folder_should_be_is_a_problem(tmp_path):
    (tmp_path / "file").touch()
    assert "set MEDIA_URL" in FolderStore(tmp_path / "file" / "media").problem()


@pytest.mark.parametrize(
    "url", ["s3://not-made-yet/media?endpoint={endpoint}", "s3://pictures?endpoint=http://127.0.0.1:1"]
)
def test_a_bucket_that_does_not_answer_is_a_problem(bucket_url, url):
    endpoint = bucket_url.partition("endpoint=")[2]
    bucket = opened(url.format(endpoint=endpoint), access_key=ACCESS_KEY, secret_key=SECRET_KEY)
    assert "AWS_ACCESS_KEY_ID" in bucket.problem()
    with pytest.raises(StoreUnavailable):
        bucket.put("a", b"1")


def test_a_bucket_hides_its_keys(bucket_url):
    bucket = opened(bucket_url, access_key=ACCESS_KEY, secret_key=SECRET_KEY)
    assert isinstance(bucket, Bucket)
    assert bucket.place.startswith("s3://pictures-")
    assert SECRET_KEY not in repr(bucket) + bucket.place


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


def test_a_copy_for_another_process_opens_the_store_there(store):
    store.put("a.txt", b"x")
    copied = pickle.loads(pickle.dumps(store))
    assert copied.get("a.txt") == b"x"
