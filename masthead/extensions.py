"""The Flask extension instances; `create_app` binds them to an application.

Talisman stores settings on itself, so each application gets its own instance instead.
"""

from flask_login import LoginManager
from flask_wtf import CSRFProtect

csrf = CSRFProtect()
login_manager = LoginManager()
