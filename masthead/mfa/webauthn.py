"""WebAuthn registration and authentication (W3C Web Authentication, level 3).

Challenges are signed, so they need no row until they are answered. Then their digest is stored, so that an answer works
once. Nothing here commits.
"""

import hashlib
import secrets
import struct
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from cryptography.exceptions import UnsupportedAlgorithm
from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import select, update
from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import (
    bytes_to_base64url,
    parse_authentication_credential_json,
    parse_client_data_json,
    parse_registration_credential_json,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticationCredential,
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    RegistrationCredential,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from masthead import clock
from masthead.db import db, insert_unique
from masthead.errors import Invalid
from masthead.mfa import queries as mfa_queries
from masthead.mfa.models import Passkey, UsedChallenge
from masthead.mfa.passkeys import CHALLENGE_LIFETIME, ChallengePurpose, relying_party_id
from masthead.people.models import User

#: Each request for a passkey sends the list of all credentials, so it needs a limit.
MOST_PASSKEYS = 20
HANDLE_BYTES = 32
#: Answers of devices have a few kilobytes.
LONGEST_ANSWER = 20_000
#: Errors that malformed answers cause.
UNREADABLE = (
    WebAuthnException,
    UnsupportedAlgorithm,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    RecursionError,
    struct.error,
)
REFUSED = "This passkey does not open an account here. Try again, or use another way."
TOO_LATE = "Your device answered too late, or twice. Try again."
NOT_ADDED = "Your device gave no passkey that can be used here. Try again, or use another device."


def _origin() -> str:
    """Return the origin of SITE_URL as browsers send it: in lower case, without the default port."""
    parts = urlsplit(current_app.config["SITE_URL"])
    usual = {"http": 80, "https": 443}[parts.scheme]
    port = "" if parts.port in {None, usual} else f":{parts.port}"
    return f"{parts.scheme}://{parts.hostname}{port}"


def registration_options(user: User, *, publication: str) -> str:
    """Return the options for creating a passkey, as JSON for the browser."""
    present = list(db.session.scalars(mfa_queries.passkeys_of(user.id)))
    handle = present[0].user_handle if present else secrets.token_urlsafe(HANDLE_BYTES)
    options = generate_registration_options(
        rp_id=relying_party_id(),
        rp_name=publication,
        user_id=base64url_to_bytes(handle),
        user_name=user.email or user.username,
        user_display_name=user.display_name,
        challenge=_challenge(ChallengePurpose.ADD, user.id, handle),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED,
            user_verification=UserVerificationRequirement.PREFERRED,
        ),
        exclude_credentials=_descriptors(present),
    )
    return options_to_json(options)


def authentication_options(use: ChallengePurpose, user: User | None = None) -> str:
    """Return the options for using a passkey, as JSON for the browser: one of the user's, or without ``user`` any."""
    keys = list(db.session.scalars(mfa_queries.passkeys_of(user.id))) if user is not None else []
    options = generate_authentication_options(
        rp_id=relying_party_id(),
        challenge=_challenge(use, user.id if user is not None else 0),
        allow_credentials=_descriptors(keys) or None,
        user_verification=_verification(use),
    )
    return options_to_json(options)


def _verification(use: ChallengePurpose) -> UserVerificationRequirement:
    # After a password, possession of the device is the second factor. Without one, the device must verify its owner.
    if use is ChallengePurpose.SECOND_STEP:
        return UserVerificationRequirement.PREFERRED
    return UserVerificationRequirement.REQUIRED


def _descriptors(keys: list[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(key.credential_id)) for key in keys]


def register(user: User, answer: str, *, name: str) -> Passkey:
    """Verify and store a new passkey; raises `Invalid`."""
    if len(list(db.session.scalars(mfa_queries.passkeys_of(user.id)))) >= MOST_PASSKEYS:
        raise Invalid(f"You have {MOST_PASSKEYS} passkeys already. Remove one that you do not use any more.")
    try:
        credential = parse_registration_credential_json(_limited(answer))
        challenge = _answered(credential, ChallengePurpose.ADD, user.id)
        verified = verify_registration_response(
            credential=credential,
            expected_challenge=challenge.sent,
            expected_rp_id=relying_party_id(),
            expected_origin=_origin(),
        )
    except UNREADABLE:
        raise Invalid(NOT_ADDED) from None
    _spend(challenge)
    identity = bytes_to_base64url(verified.credential_id)
    if db.session.scalar(select(Passkey.id).where(Passkey.credential_id == identity)) is not None:
        raise Invalid("This passkey has been added already.")
    key = Passkey(
        user_id=user.id,
        credential_id=identity,
        user_handle=challenge.handle,
        public_key=verified.credential_public_key,
        sign_count=verified.sign_count,
        name=name,
        created_at=clock.now(),
        last_used_at=None,
    )
    db.session.add(key)
    db.session.flush()
    return key


def verify(use: ChallengePurpose, answer: str, user: User | None = None) -> Passkey:
    """Verify the answer to a challenge, and return its passkey; raises `Invalid`. With ``user``, it must be one of theirs."""
    try:
        credential = parse_authentication_credential_json(_limited(answer))
        challenge = _answered(credential, use, user.id if user is not None else 0)
        key = _key_of(credential, user)
        verified = verify_authentication_response(
            credential=credential,
            expected_challenge=challenge.sent,
            expected_rp_id=relying_party_id(),
            expected_origin=_origin(),
            credential_public_key=key.public_key,
            credential_current_sign_count=key.sign_count,
            require_user_verification=_verification(use) is UserVerificationRequirement.REQUIRED,
        )
    except UNREADABLE:
        raise Invalid(REFUSED) from None
    _spend(challenge)
    _note_use(key, verified.new_sign_count)
    return key


def _key_of(credential: AuthenticationCredential, user: User | None) -> Passkey:
    statement = select(Passkey).where(Passkey.credential_id == credential.id)
    if user is not None:
        statement = statement.where(Passkey.user_id == user.id)
    key = db.session.scalar(statement)
    handle = credential.response.user_handle
    if key is None or (handle and bytes_to_base64url(handle) != key.user_handle):
        raise ValueError("unknown")
    return key


def _note_use(key: Passkey, sign_count: int) -> None:
    """Record the use. Of concurrent answers with the same counter, as a cloned key would send, one succeeds."""
    statement = update(Passkey).where(Passkey.id == key.id)
    if sign_count:
        statement = statement.where(Passkey.sign_count < sign_count)
    used = db.session.scalar(
        statement.values(sign_count=sign_count, last_used_at=clock.now()).returning(Passkey.id),
        execution_options={"synchronize_session": False},
    )
    if used is None:
        raise Invalid(REFUSED)


def _limited(answer: str) -> str:
    if len(answer) > LONGEST_ANSWER:
        raise ValueError("too long")
    return answer


def _challenge(use: ChallengePurpose, user_id: int, handle: str = "") -> bytes:
    content = {"n": secrets.token_urlsafe(16), "t": int(clock.now().timestamp()), "h": handle}
    return str(_signer(use, user_id).dumps(content)).encode("ascii")


@dataclass(frozen=True, slots=True)
class _Challenge:
    """An answered challenge: the bytes that were sent, and the user handle in them."""

    sent: bytes
    handle: str


def _answered(
    credential: AuthenticationCredential | RegistrationCredential, use: ChallengePurpose, user_id: int
) -> _Challenge:
    """Return the answered challenge; raises `Invalid` or `ValueError` unless it is ours, for this purpose and user, and valid."""
    sent = parse_client_data_json(credential.response.client_data_json).challenge
    try:
        content: dict[str, Any] = _signer(use, user_id).loads(sent)
    except BadSignature:
        raise ValueError("not ours") from None
    if clock.now().timestamp() - content["t"] > CHALLENGE_LIFETIME.total_seconds():
        raise Invalid(TOO_LATE)
    return _Challenge(sent, content["h"])


def _spend(challenge: _Challenge) -> None:
    """Use up the challenge. Of concurrent answers one succeeds."""
    digest = hashlib.sha256(challenge.sent).hexdigest()
    if not insert_unique(UsedChallenge, UsedChallenge.digest, digest, used_at=clock.now()):
        raise Invalid(TOO_LATE)


def _signer(use: ChallengePurpose, user_id: int) -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt=f"masthead.passkey.{use}.{user_id}")
