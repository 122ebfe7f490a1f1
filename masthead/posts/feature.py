"""Posts, from the first draft to the trash."""

from masthead.account_deletion.signals import transfer_content
from masthead.features import Feature, NavigationItem, PersonalData
from masthead.people.permissions import Permission
from masthead.posts import (
    admin,
    api,
    desk,
    history_desk,
    people_api,
    receivers,
    review_api,
    steps_api,
    tag_api,
    tasks,
    view_counter,
    views,
)

feature = Feature(
    name="posts",
    blueprints=(
        (views.bp, "/blog"),
        (desk.bp, "/blog"),
        (history_desk.bp, "/blog"),
        (admin.bp, "/admin/posts"),
    ),
    api=(
        (people_api.bp, "/users"),
        (api.bp, "/posts"),
        (steps_api.bp, "/posts"),
        (review_api.bp, "/posts"),
        (tag_api.bp, "/tags"),
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
    tasks=(tasks,),
    permissions=(Permission.WRITE, Permission.PUBLISH, Permission.EDIT_POSTS, Permission.MANAGE_TAGS),
    receivers=((transfer_content, receivers.transfer_posts),),
    personal_data=PersonalData(
        receivers.export_posts, ("post", "post_byline", "revision", "revision_byline", "review_note")
    ),
    init=(view_counter.init_app,),
)
