from collections.abc import Callable

from flask import Flask
from flask_sqlalchemy import SQLAlchemy

class Migrate:
    def init_app(
        self,
        app: Flask,
        db: SQLAlchemy,
        directory: str = ...,
        *,
        render_as_batch: bool = ...,
        compare_type: bool = ...,
        include_object: Callable[..., bool] = ...,
        process_revision_directives: Callable[..., None] = ...,
    ) -> None: ...

def upgrade(*, revision: str = ...) -> None: ...
