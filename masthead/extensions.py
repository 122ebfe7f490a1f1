"""The Flask extension instances; `masthead.app` binds them to an application.

Talisman keeps its settings on itself, so `create_app` makes one for each application instead.
"""

from flask_login import LoginManager
from flask_wtf import CSRFProtect

csrf = CSRFProtect()
login_manager = LoginManager()
