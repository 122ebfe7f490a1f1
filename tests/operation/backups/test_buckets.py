"""A backup of pictures that are in a bucket, and one that comes back into a bucket."""

import os

import pytest
from pydantic import SecretStr

from masthead.storage import store
from tests.support.buckets import ACCESS_KEY, SECRET_KEY
from tests.support.databases import empty_content

KEYS = {"AWS_ACCESS_KEY_ID": ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": SecretStr(SECRET_KEY)}


@pytest.mark.databases("sqlite")
def test_pictures_of_a_bucket_come_back_into_a_bucket(make_app, bucket_url, tmp_path):
    old = make_app(MEDIA_URL=bucket_url, **KEYS)
    content = empty_content("sqlite", tmp_path / "elsewhere", "unused")
    new_place = bucket_url.replace("/media", "/restored")
    new = make_app(MEDIA_URL=new_place, MASTHEAD_HOME=str(tmp_path / "new"), DATABASE_URL=content.url, **KEYS)
    pictures = {f"ab/{number}.webp": os.urandom(100) for number in range(3)}
    for key, picture in pictures.items():
        store.named(bucket_url, old.config).put(key, picture)
    for app, command in ((old, "backup"), (new, "restore")):
        result = app.test_cli_runner().invoke(args=[command, str(tmp_path / "site.tar")])
        assert result.exit_code == 0, result.output
    place = store.named(new_place, new.config)
    assert {key: place.get(key) for key in place.keys()} == pictures  # noqa: SIM118 - a store is no mapping
    again = new.test_cli_runner().invoke(args=["restore", str(tmp_path / "site.tar")])
    assert again.exit_code == 1
    content.close()
