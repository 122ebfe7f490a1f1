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
    ) -> None: ...

def upgrade() -> None: ...
