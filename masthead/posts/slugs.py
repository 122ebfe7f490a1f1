"""The table of the slugs of posts."""

from typing import Final

from masthead.content.slugs import SlugTable
from masthead.posts.models import Post, PostSlug

SLUGS: Final = SlugTable(Post, PostSlug, PostSlug.slug, PostSlug.post_id)
