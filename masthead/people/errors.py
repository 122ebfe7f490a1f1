"""Errors about accounts."""

from masthead.errors import Conflict, Invalid


class UsernameTaken(Invalid):
    """Another account or byline has this user name, or a lookalike of it."""

    def __init__(self, username: str) -> None:
        super().__init__("This user name is taken. Choose another one.", field="username")
        self.username = username


class EmailTaken(Invalid):
    """Another account has this address. Never shown to the public, which must not learn who has an account."""

    def __init__(self, email: str) -> None:
        super().__init__("Another account has this email address.", field="email")
        self.email = email


class LastAdministrator(Conflict):
    """The change would leave nobody who can administer the site."""

    def __init__(self) -> None:
        super().__init__("This is the last active administrator. Make somebody else an administrator first.")
