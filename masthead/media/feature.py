"""Pictures and files."""

from masthead.account_deletion.signals import transfer_content
from masthead.features import Feature, NavigationItem, PersonalData
from masthead.media import purge_tasks, receivers, tasks, views
from masthead.media.api import browser_views, library, uploads
from masthead.media.library import admin
from masthead.media.signals import describe_uses
from masthead.people.permissions import Permission

feature = Feature(
    name="media",
    blueprints=((views.bp, ""), (browser_views.bp, "/admin/media"), (admin.bp, "/admin/media")),
    api=((library.bp, "/media"), (uploads.bp, "/media/uploads")),
    commands={"media": "masthead.media.cli.commands:group"},
    navigation=(NavigationItem("media_admin.index", "Media", 35, "work", Permission.UPLOAD),),
    tasks=(tasks, purge_tasks),
    permissions=(Permission.UPLOAD,),
    receivers=(
        (transfer_content, receivers.transfer_media),
        (describe_uses, receivers.describe_profiles_and_settings),
    ),
    personal_data=PersonalData(receivers.export_media, ("media", "media_upload")),
)
