"""Forms that delete an account."""

from wtforms import BooleanField, RadioField, SelectField
from wtforms.validators import InputRequired

from masthead.account_deletion.content_policy import ContentPolicy
from masthead.people.forms import choice
from masthead.web.forms.base import Form


class DeletionRequestForm(Form):
    """Request the deletion of one's own account."""

    posts = RadioField(
        "Your posts",
        choices=[choice(policy.value, policy.label_for_posts) for policy in ContentPolicy],
        default=ContentPolicy.KEEP,
    )
    heir = SelectField("New owner, if they go to somebody else", validate_choice=False)
    comments = RadioField(
        "Your comments",
        choices=[
            choice(policy.value, policy.label_for_comments)
            for policy in (ContentPolicy.KEEP, ContentPolicy.ANONYMISE)
        ],
        default=ContentPolicy.KEEP,
    )
    is_sure = BooleanField(
        "Delete my account", [InputRequired("Check this box to confirm that you want your account deleted.")]
    )


class AccountDeletionForm(Form):
    """Delete somebody else's account."""

    content = RadioField(
        "Posts and comments",
        choices=[choice(policy.value, policy.label_for_content) for policy in ContentPolicy],
        default=ContentPolicy.KEEP,
    )
    heir = SelectField("New owner of the posts, if they go to somebody else", validate_choice=False)
    is_sure = BooleanField(
        "Delete this account permanently",
        [InputRequired("Check this box to confirm that you want this account deleted.")],
    )


class ButtonForm(Form):
    """A form with a button only."""
