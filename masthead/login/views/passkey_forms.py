"""The passkey form that several pages share."""

from flask import request

from masthead import audit
from masthead.db import db
from masthead.errors import Invalid
from masthead.mfa import passkeys
from masthead.mfa import queries as mfa_queries
from masthead.mfa.forms import PasskeyForm
from masthead.mfa.passkeys import ChallengePurpose
from masthead.people import queries
from masthead.people.models import User
from masthead.web.limits import throttling
from masthead.web.safe_redirects import local_path


def user_with_passkey(form: PasskeyForm, use: ChallengePurpose, user: User | None = None) -> User | None:
    """Return the user of the verified passkey; None with an error in the form. Failures count against the IP address."""
    if not form.validate():
        return None
    bucket = ("sign_in", "address", throttling.caller())
    throttling.count(*bucket)
    from masthead.mfa import webauthn

    try:
        key = webauthn.verify(use, form.credential.data or "", user)
        person = queries.active_account(key.user_id)
    except Invalid as error:
        db.session.rollback()
        audit.record("sign_in.failed", by=None, subject=(user.email or "") if user else "", way="passkey")
        db.session.commit()
        form.refuse(error.message)
        return None
    throttling.take_back(*bucket)
    return person


def passkey_context(use: ChallengePurpose, user: User | None, form: PasskeyForm | None) -> dict[str, object]:
    """Return the template context of the passkey form, without options if the user has no passkey."""
    part = no_passkey() | {"passkey_form": form or PasskeyForm(formdata=None)}
    if passkeys.is_supported() and (
        user is None or db.session.scalar(mfa_queries.passkeys_of(user.id).limit(1))
    ):
        from masthead.mfa import webauthn

        part["passkey_options"] = webauthn.authentication_options(use, user)
    return part


def no_passkey() -> dict[str, object]:
    return {"passkey_form": PasskeyForm(formdata=None), "passkey_options": "", "next_path": next_path()}


def next_path() -> str | None:
    return local_path(request.values.get("next"))
