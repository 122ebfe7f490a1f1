"""Moving the pictures: every byte arrives, nothing is taken away, and an interrupted move goes on."""

import pytest
from pydantic import SecretStr

from masthead.storage import store
from masthead.storage.store import FolderStore
from tests.support.buckets import ACCESS_KEY, SECRET_KEY

pytestmark = pytest.mark.databases("sqlite")
FILES = {f"ab/{number:02}.png": bytes([number]) * 1_000 for number in range(20)}


@pytest.fixture
def site(make_app, tmp_path):
    app = make_app(
        MEDIA_URL=str(tmp_path / "media"),
        AWS_ACCESS_KEY_ID=ACCESS_KEY,
        AWS_SECRET_ACCESS_KEY=SecretStr(SECRET_KEY),
    )
    for key, content in FILES.items():
        FolderStore(tmp_path / "media").put(key, content)
    return app


@pytest.fixture
def run(site):
    return lambda *arguments: site.test_cli_runner().invoke(args=["media", "move", *arguments])


def content(place):
    return {key: place.get(key) for key in place.keys()}  # noqa: SIM118 - a store is no mapping


def test_pictures_move_into_a_bucket_and_back(site, run, bucket_url, tmp_path):
    result = run(bucket_url)
    assert result.exit_code == 0, result.output
    assert "holds all 20 files, 20 of them new" in result.output
    assert content(store.named(bucket_url, site.config)) == FILES
    assert content(FolderStore(tmp_path / "media")) == FILES
    assert run(str(tmp_path / "other"), "--from", bucket_url).exit_code == 0
    assert content(FolderStore(tmp_path / "other")) == FILES


def test_second_move_copies_what_is_missing(site, run, bucket_url):
    store.named(bucket_url, site.config).put("ab/00.png", FILES["ab/00.png"])
    assert "19 of them new" in run(bucket_url).output
    assert "0 of them new" in run(bucket_url).output


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("ftp://example.org/x", "must be a folder"),
        ("s3://pictures?secret=x", "must be a folder"),
        ("s3://pictures?endpoint=http://127.0.0.1:1", "cannot be used"),
    ],
)
def test_mistake_ends_in_one_sentence(run, url, sentence):
    result = run(url)
    assert result.exit_code == 1
    assert sentence in result.output


def test_place_of_the_pictures_is_not_moved_onto_itself(run, tmp_path):
    assert "already" in run(str(tmp_path / "media")).output


def test_place_that_cannot_be_used_is_refused_even_without_pictures(invoke, tmp_path):
    (tmp_path / "letter").write_text("This is no folder.", encoding="utf-8")
    result = invoke("media", "move", str(tmp_path / "letter"))
    assert result.returncode == 1
    assert "No picture can be kept" in result.stderr
