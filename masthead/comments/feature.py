"""Comments below posts."""

from masthead.account_deletion.signals import transfer_content
from masthead.comments import api, receivers, tasks, views
from masthead.comments.emails import tasks as email_tasks
from masthead.comments.moderation import admin
from masthead.features import Feature, NavigationItem, PersonalData
from masthead.people.permissions import Permission

feature = Feature(
    name="comments",
    blueprints=((views.bp, "/blog/comment"), (admin.bp, "/admin/comments")),
    api=((api.below, "/posts"), (api.bp, "/comments")),
    navigation=(
        NavigationItem(
            "comments_admin.queue",
            "Comments",
            20,
            permission=Permission.MODERATE,
            purpose="Approve, reject and mark as spam what readers wrote.",
        ),
    ),
    tasks=(tasks, email_tasks),
    receivers=((transfer_content, receivers.transfer_comments),),
    personal_data=PersonalData(receivers.export_comments, ("comment",)),
    permissions=(Permission.COMMENT, Permission.MODERATE),
)
