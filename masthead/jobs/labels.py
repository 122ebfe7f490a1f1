"""Labels of background tasks, by the name that jobs store."""

from typing import Final

TASKS: Final[dict[str, str]] = {
    "accounts.carry_out_closures": "Delete closed accounts",
    "accounts.forget_ended": "Clear ended sessions",
    "accounts.send_link": "Email a link",
    "accounts.tell_of_factor": "Email about two-factor authentication",
    "accounts.tell_of_registration": "Email about a repeated registration",
    "api.forget_old_keys": "Clear old idempotency keys",
    "audit.forget_old": "Clear old audit log entries",
    "comments.purge_removed": "Purge deleted comments",
    "comments.tell_moderator": "Email a moderator about pending comments",
    "comments.tell_moderators": "Notify moderators about pending comments",
    "comments.tell_of_comment": "Email about a comment",
    "database.refresh_statistics": "Update database statistics",
    "embeds.fetch": "Fetch the description of an embedded page",
    "exporting.make": "Make an export",
    "importing.check": "Check an uploaded export",
    "importing.run": "Import an uploaded export",
    "jobs.forget_old": "Clear old background tasks",
    "limits.forget_old": "Clear old rate limits",
    "media.delete_files": "Delete files of the media library",
    "media.make_missing_variants": "Look for pictures without smaller versions",
    "media.make_variants": "Make smaller versions of pictures",
    "media.purge": "Empty the trash of the media library",
    "pagecache.forget_old": "Clear old cache",
    "pages.copy_pictures": "Copy external pictures of a page",
    "pages.purge_trash": "Empty the trash of pages",
    "posts.apply_due_changes": "Update and end posts at their moment",
    "posts.change_many": "Change many posts",
    "posts.copy_pictures": "Copy external pictures of a post",
    "posts.forget_bulk_changes": "Clear old changes of many posts",
    "posts.forget_old_autosaves": "Clear old autosaves",
    "posts.purge_trash": "Empty the trash of posts",
    "posts.tell_of_publication": "Email about a scheduled post",
    "posts.tell_of_publishing": "Email about a published post",
    "posts.tell_of_return": "Email about a returned post",
    "posts.tell_of_submission": "Email about a submitted post",
    "posts.undo_many": "Undo a change of many posts",
    "search.index_author": "Index the posts of an author",
    "texts.render": "Render content",
}


def of_task(name: str) -> str:
    """Return the label of a task; unknown tasks, of an add-on or an earlier version, keep their name."""
    return TASKS.get(name, name)
