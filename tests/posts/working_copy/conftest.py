import pytest

from tests.support.editors import Editor


@pytest.fixture
def editor() -> type[Editor]:
    """The script of an editor page: `editor(visitor, post.id)`."""
    return Editor
