"""A client of the API."""

from tests.api.conftest import as_

__all__ = ["as_"]
