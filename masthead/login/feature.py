"""Signing in, sessions, passwords and their recovery."""

from masthead.features import Feature, NavigationItem
from masthead.login import session_auth, tasks
from masthead.login.api import auth as auth_api
from masthead.login.api import sessions as sessions_api
from masthead.login.views import reauthentication, recovery, security, sign_in, two_factor

feature = Feature(
    name="login",
    blueprints=(
        (sign_in.bp, "/auth"),
        (recovery.bp, "/auth"),
        (security.bp, "/auth"),
        (two_factor.bp, "/auth"),
        (reauthentication.bp, "/auth"),
    ),
    api=((auth_api.auth, "/auth"), (sessions_api.bp, "/auth/sessions")),
    navigation=(
        NavigationItem("login.profile", "Profile", 10, "account"),
        NavigationItem("security.overview", "Account security", 20, "account"),
    ),
    tasks=(tasks,),
    init=(session_auth.init_app,),
)
