"""The words for what the log holds: a label for each action, and for the details that come with it."""

from typing import Final

ACTIONS: Final[dict[str, str]] = {
    "account.closing": "Asked to delete their account",
    "account.created": "Created an account",
    "account.deleted": "Deleted an account",
    "account.disabled": "Disabled an account",
    "account.enabled": "Enabled an account",
    "account.exported": "Exported their personal data",
    "account.invitation_withdrawn": "Withdrew an invitation",
    "account.invited": "Invited someone",
    "account.kept": "Kept their account",
    "address.changed": "Changed an email address",
    "address.confirmed": "Confirmed an email address",
    "audit.exported": "Exported the audit log",
    "cache.cleared": "Cleared the cache",
    "comment.approved": "Approved a comment",
    "comment.deleted": "Deleted a comment",
    "comment.rejected": "Marked a comment as spam",
    "comment.restored": "Returned a comment to pending",
    "comment.unapproved": "Returned an approved comment to pending",
    "export.made": "Exported the publication",
    "factor.added": "Added a two-factor method",
    "factor.removed": "Removed a two-factor method",
    "factor.reset": "Reset two-factor authentication",
    "identity.confirmed": "Confirmed their identity",
    "identity.refused": "Failed to confirm their identity",
    "import.finished": "Imported content",
    "job.cancelled": "Cancelled a background task",
    "job.retried": "Retried a background task",
    "page.created": "Created a page",
    "page.purged": "Deleted a page permanently",
    "page.edited": "Edited a page",
    "page.published": "Published a page",
    "page.restored": "Restored a page from the trash",
    "page.trashed": "Moved a page to the trash",
    "page.unpublished": "Unpublished a page",
    "password.changed": "Changed a password",
    "password.link_made": "Created a password reset link",
    "post.created": "Created a post",
    "post.deleted": "Deleted a post permanently",
    "post.edited": "Edited a post",
    "post.published": "Published a post",
    "post.restored": "Restored a post from the trash",
    "post.returned": "Sent a post back",
    "post.scheduled": "Scheduled a post",
    "post.submitted": "Submitted a post for review",
    "post.trashed": "Moved a post to the trash",
    "post.unpublished": "Unpublished a post",
    "post.withdrawn": "Withdrew a post from review",
    "recovery_codes.made": "Generated recovery codes",
    "redirect.made": "Created a redirect",
    "redirect.removed": "Removed a redirect",
    "role.changed": "Changed someone’s role",
    "role.created": "Created a role",
    "role.deleted": "Deleted a role",
    "role.edited": "Edited a role",
    "role.factor_required": "Changed the two-factor requirement of a role",
    "second_factor.failed": "Failed two-factor authentication",
    "session.ended": "Ended a session",
    "sessions.ended": "Ended all sessions",
    "settings.changed": "Changed the settings",
    "sign_in.failed": "Failed to sign in",
    "sign_in.succeeded": "Signed in",
    "sign_out": "Signed out",
    "tag.created": "Created a tag",
    "tag.deleted": "Deleted a tag",
    "tag.edited": "Edited a tag",
    "tag.merged": "Merged tags",
    "token.created": "Created an API token",
    "token.revoked": "Revoked an API token",
}
_DETAILS: Final[dict[str, str]] = {
    "comment": "Comment ID",
    "is_required": "Required",
    "page": "Page ID",
    "post": "Post ID",
    "slug": "URL slug",
    "trash_days": "Days in the trash",
    "way": "Method",
    "when": "Publication date",
}


def of_action(action: str) -> str:
    """What happened, in words; one that an add-on recorded is shown as it is."""
    return ACTIONS.get(action, action)


def of_detail(name: str) -> str:
    """What a detail is called."""
    return _DETAILS.get(name, name.replace("_", " ").capitalize())
