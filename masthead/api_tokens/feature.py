"""Tokens of the API: JWT for programs that sign in, and personal tokens."""

from masthead.api_tokens import api, jwt, views
from masthead.features import Feature

feature = Feature(
    name="api_tokens",
    blueprints=((views.bp, "/auth/security"),),
    api=((api.bp, "/tokens"),),
    init=(jwt.init_app,),
)
