"""The dashboard of writers, editors and moderators."""

from masthead.dashboard import views
from masthead.features import Feature, NavigationItem

feature = Feature(
    name="dashboard",
    blueprints=((views.bp, ""),),
    navigation=(NavigationItem("dashboard.index", "Dashboard", 10, "work"),),
)
