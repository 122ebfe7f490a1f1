"""Pagination of query results by page number."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, func

from masthead.db.engine import db
from masthead.errors import NotFound

PER_PAGE_LIMIT = 100
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ResultPage(Generic[T]):
    """One page of a list; pages are numbered from 1."""

    items: Sequence[T]
    number: int
    per_page: int
    total: int

    @property
    def pages(self) -> int:
        """The number of pages; an empty list has one."""
        return max(1, -(-self.total // self.per_page))

    @property
    def has_prev(self) -> bool:
        """True if there is a previous page."""
        return self.number > 1

    @property
    def has_next(self) -> bool:
        """True if there is a next page."""
        return self.number < self.pages


def paginate(statement: Select[T], *, page: int, per_page: int, total: int | None = None) -> ResultPage[T]:
    """Return page ``page`` of the statement's rows; raises `NotFound` beyond the last page.

    ``total`` saves the count query where the caller knows the number of rows.
    """
    return paginated(statement, _objects, page=page, per_page=per_page, total=total)


def paginated(
    statement: Select[Any],
    load: Callable[[Select[Any]], Sequence[T]],
    *,
    page: int,
    per_page: int,
    total: int | None = None,
) -> ResultPage[T]:
    """Paginate a statement, and map its rows by ``load``."""
    per_page = min(per_page, PER_PAGE_LIMIT)
    if total is None:
        total = db.session.scalar(count_of(statement)) or 0
    if page < 1 or (page > 1 and (page - 1) * per_page >= total):
        raise NotFound("There is no such page in this list.")
    rows = load(statement.limit(per_page).offset((page - 1) * per_page))
    return ResultPage(items=rows, number=page, per_page=per_page, total=total)


def _objects(statement: Select[T]) -> Sequence[T]:
    return db.session.scalars(statement).unique().all()


def count_of(statement: Select[Any]) -> Select[int]:
    """Build the count query of a statement, without its order and eager loads."""
    return statement.with_only_columns(func.count(), maintain_column_froms=True).order_by(None)
