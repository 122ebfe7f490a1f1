"""Errors of two-factor authentication."""

from werkzeug.exceptions import Unauthorized


class SecondFactorRequired(Unauthorized):
    """The password is correct, and the account needs a second factor."""

    problem_type = "second_factor_required"

    def __init__(self) -> None:
        super().__init__(
            "This account has two-factor authentication. Send a code of its app, or a recovery code, as otp; an account with "
            "passkeys alone uses a personal token."
        )
