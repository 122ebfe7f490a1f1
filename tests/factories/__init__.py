"""People and texts for tests: valid, stored in the database of the running test, and detached from it.

What a test does not name has a believable value. Texts are made by the application's own actions, so that their
addresses, bylines and revisions are what they would be on a real site.
"""

from tests.factories.comments import CommentFactory
from tests.factories.pages import PageFactory
from tests.factories.people import BylineFactory, UserFactory
from tests.factories.posts import DraftFactory, PostFactory
from tests.factories.tags import TagFactory

__all__ = [
    "BylineFactory",
    "CommentFactory",
    "DraftFactory",
    "PageFactory",
    "PostFactory",
    "TagFactory",
    "UserFactory",
]
