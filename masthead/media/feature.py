"""Pictures and files."""

from masthead.account_deletion.signals import transfer_content
from masthead.features import Feature, PersonalData
from masthead.media import receivers, views
from masthead.people.permissions import Permission

feature = Feature(
    name="media",
    blueprints=((views.bp, ""),),
    permissions=(Permission.UPLOAD,),
    receivers=((transfer_content, receivers.transfer_media),),
    personal_data=PersonalData(receivers.export_media, ("media",)),
)
