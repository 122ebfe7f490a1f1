"""Buckets of a real S3 interface, one for each test that asks."""

import http.client
import uuid
from urllib.parse import urlsplit

import pytest

from tests.support import keeper

ACCESS_KEY, SECRET_KEY = "testing-key", "testing-secret"


@pytest.fixture
def bucket_url() -> str:
    """The address of an empty bucket, as MEDIA_URL has it."""
    address = keeper.address_of("object_store")
    name = f"pictures-{uuid.uuid4().hex[:12]}"
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=10)
    connection.request("PUT", f"/{name}")
    assert connection.getresponse().status == 200
    connection.close()
    return f"s3://{name}/media?endpoint={address}"
