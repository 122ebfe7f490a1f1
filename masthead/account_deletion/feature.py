"""Deleting accounts, and the export of personal data."""

from masthead.account_deletion import admin, personal_data, tasks, views
from masthead.features import Feature, PersonalData

feature = Feature(
    name="account_deletion",
    blueprints=((views.bp, "/auth"), (admin.bp, "/admin/users")),
    tasks=(tasks,),
    personal_data=PersonalData(
        personal_data.export_account,
        ("login_session", "authenticator", "passkey", "api_token", "refresh_family", "audit_event"),
    ),
)
