"""The form that confirms a change of many posts."""

from wtforms import StringField

from masthead.web.forms.base import Form, trimmed


class BulkForm(Form):
    """Tags to add, or the new author."""

    tags = StringField("Tags", filters=[trimmed], description="Separate tags with commas.")
    author = StringField(
        "New author", filters=[trimmed], description="The user name of somebody who writes here."
    )
