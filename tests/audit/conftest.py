"""Deeds come through the API, too."""

from tests.api.conftest import as_

__all__ = ["as_"]
