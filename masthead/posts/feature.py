"""Posts, from the draft to the trash."""

from masthead.account_deletion.signals import transfer_content
from masthead.features import Feature, NavigationItem, PersonalData
from masthead.media.signals import describe_uses
from masthead.people.permissions import Permission
from masthead.posts import admin, due_tasks, receivers, tagging, tasks, view_counter
from masthead.posts.api import bulk as bulk_api
from masthead.posts.api import people, posts, preview_api, review, revisions, transitions, working_copies
from masthead.posts.bulk import tasks as bulk_tasks
from masthead.posts.views import autosave_endpoints, bulk, conflicts, desk, history, lists, paste, previews
from masthead.posts.working_copy import personal_data

feature = Feature(
    name="posts",
    blueprints=(
        (lists.bp, "/blog"),
        (desk.bp, "/blog"),
        (history.bp, "/blog"),
        (autosave_endpoints.bp, "/blog"),
        (conflicts.bp, "/blog"),
        (previews.bp, "/blog"),
        (paste.bp, "/blog"),
        (bulk.bp, "/blog"),
        (admin.bp, "/admin/posts"),
    ),
    api=(
        (people.bp, "/users"),
        (posts.bp, "/posts"),
        (transitions.bp, "/posts"),
        (revisions.bp, "/posts"),
        (review.bp, "/posts"),
        (working_copies.bp, "/posts"),
        (preview_api.bp, "/posts"),
        (bulk_api.bp, "/posts"),
        (preview_api.preview_bp, "/preview"),
    ),
    navigation=(
        NavigationItem("posts_desk.create", "New post", 20, "work", Permission.WRITE, starts_text=True),
        NavigationItem("posts_desk.my_posts", "My posts", 30, "work", Permission.WRITE),
        NavigationItem(
            "posts_admin.index",
            "All posts",
            10,
            permission=Permission.EDIT_POSTS,
            purpose="Posts in review, scheduled posts, everybody's drafts, and the trash.",
        ),
    ),
    tasks=(tasks, due_tasks, bulk_tasks),
    permissions=(Permission.WRITE, Permission.PUBLISH, Permission.EDIT_POSTS),
    receivers=(
        (transfer_content, receivers.transfer_posts),
        (transfer_content, personal_data.transfer_working_copies),
        (describe_uses, receivers.describe_uses_in_posts),
    ),
    personal_data=PersonalData(
        personal_data.export_with_posts,
        (
            "post",
            "post_byline",
            "revision",
            "revision_byline",
            "review_note",
            "working_copy",
            "working_copy_change",
            "kept_text",
            "editing_lease",
            "preview_link",
            "bulk_change",
        ),
    ),
    init=(due_tasks.init_app, view_counter.init_app, tagging.init_app),
)
