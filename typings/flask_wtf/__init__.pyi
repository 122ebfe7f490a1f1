from typing import Any

from flask import Flask
from wtforms import Form
from wtforms.fields import HiddenField
from wtforms.meta import DefaultMeta

class FlaskForm(Form):
    meta: DefaultMeta
    csrf_token: HiddenField
    form_errors: list[str]
    def __init__(self, formdata: Any = ..., **kwargs: Any) -> None: ...
    def is_submitted(self) -> bool: ...
    def validate_on_submit(self, extra_validators: Any = ...) -> bool: ...

class CSRFProtect:
    def init_app(self, app: Flask) -> None: ...
    def protect(self) -> None: ...
