"""Two-factor authentication: authenticator apps, passkeys and recovery codes."""

from masthead.features import Feature
from masthead.mfa import enforcement, tasks, views

feature = Feature(
    name="mfa",
    blueprints=((views.bp, "/auth/security"),),
    tasks=(tasks,),
    # After the account is known: leads people whose role asks for a second factor to it.
    init=(enforcement.init_app,),
)
