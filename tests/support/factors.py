"""Second factors without a telephone: an authenticator app, and a device that keeps passkeys."""

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

import cbor2
import pyotp
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import bytes_to_base64url

from masthead import clock
from masthead.people.models import User
from tests.support.people import PASSWORD
from tests.support.visitors import Visitor, document

ORIGIN = "http://localhost"
PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


@dataclass
class App:
    """An authenticator app, and the recovery codes that were shown with it."""

    secret: str
    recovery_codes: list[str] = field(default_factory=list)
    #: The code that proved that it works.
    first_code: str = ""

    def code(self, steps: int = 0) -> str:
        """Return the code of this moment, or of ``steps`` half minutes later."""
        step = int(clock.now().timestamp()) // 30
        return pyotp.HOTP(self.secret).at(step + steps)


def set_up_app(client: Visitor) -> App:
    """Set an app up in the account that is signed in. The code of this half minute is used up by that."""
    path = "/auth/security/authenticator"
    page = client.read(path)
    app = App(page.text("//code[@class='app-key']").replace(" ", ""))
    app.first_code = app.code()
    answer = client.post(path, data=page.form({"otp": ""}).filled({"otp": app.first_code}, None))
    if answer.status_code == 200:
        app.recovery_codes = document(answer).texts("//ul[@class='recovery-codes']/li")
    else:
        assert answer.status_code == 303, document(answer).text("//main")
    return app


@dataclass
class Device:
    """Keeps one passkey, as a telephone does (ES256, without attestation)."""

    origin: str = ORIGIN
    site: str = "localhost"
    is_verified: bool = True
    count: int = 1
    handle: str = ""
    identity: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    key: EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def made(self, options: dict[str, Any]) -> str:
        """The answer to a request to make a passkey."""
        self.handle = options["user"]["id"]
        numbers = self.key.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        attested = bytes(16) + len(self.identity).to_bytes(2, "big") + self.identity + cbor2.dumps(public)
        response = {
            "clientDataJSON": bytes_to_base64url(self._client_data("webauthn.create", options)),
            "attestationObject": bytes_to_base64url(
                cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": self._data(ATTESTED) + attested})
            ),
        }
        return self._credential(response)

    def used(self, options: dict[str, Any]) -> str:
        """The answer to a request to use the passkey."""
        self.count += 1 if self.count else 0
        client_data = self._client_data("webauthn.get", options)
        data = self._data(0)
        signed = self.key.sign(data + hashlib.sha256(client_data).digest(), ec.ECDSA(SHA256()))
        response = {
            "clientDataJSON": bytes_to_base64url(client_data),
            "authenticatorData": bytes_to_base64url(data),
            "signature": bytes_to_base64url(signed),
            "userHandle": self.handle,
        }
        return self._credential(response)

    def _client_data(self, kind: str, options: dict[str, Any]) -> bytes:
        content = {"type": kind, "challenge": options["challenge"], "origin": self.origin}
        return json.dumps(content).encode()

    def _data(self, flags: int) -> bytes:
        flags |= PRESENT | (VERIFIED if self.is_verified else 0)
        site = hashlib.sha256(self.site.encode()).digest()
        return site + bytes([flags]) + self.count.to_bytes(4, "big")

    def _credential(self, response: dict[str, str]) -> str:
        identity = bytes_to_base64url(self.identity)
        return json.dumps({"id": identity, "rawId": identity, "type": "public-key", "response": response})


def options_on(client: Visitor, path: str) -> dict[str, Any]:
    """Return the options that the page hands to the browser."""
    (options,) = client.read(path).all("//form[@data-passkey]/@data-options")
    found: dict[str, Any] = json.loads(options)
    return found


def add_passkey(client: Visitor, device: Device, *, name: str = "Telephone") -> list[str]:
    """Add the device's passkey to the account that is signed in; the recovery codes that are shown, if any."""
    path = "/auth/security/passkeys/add"
    page = client.read(path)
    (options,) = page.all("//form[@data-passkey]/@data-options")
    typed = {"name": name, "credential": device.made(json.loads(options))}
    answer = client.post(path, data=page.form({"credential": ""}).filled(typed, None))
    assert answer.status_code in {200, 303}, document(answer).text("//main")
    return document(answer).texts("//ul[@class='recovery-codes']/li") if answer.status_code == 200 else []


def use_passkey(client: Visitor, device: Device, path: str) -> Any:
    """Press the page's button for passkeys; the answer."""
    page = client.read(path)
    (options,) = page.all("//form[@data-passkey]/@data-options")
    return send_passkey(client, path, device.used(json.loads(options)))


def send_passkey(client: Visitor, path: str, credential: str) -> Any:
    """Send what a device answered with the page's form; the answer of the site."""
    form = client.read(path).form({"credential": ""})
    return client.post(form.action, data=form.filled({"credential": credential}, None))


def give_password(client: Visitor, user: User, *, password: str = PASSWORD, remember: bool = False) -> str:
    """Give the right password; where the answer leads."""
    answer = client.fill_in("/auth/login", email=user.email or "", password=password, remember=remember)
    return answer.location or ""


def give_code(client: Visitor, code: str) -> int:
    """Give a code in the second step; the status."""
    return client.fill_in("/auth/second-step", otp=code).status_code


def is_signed_in(client: Visitor) -> bool:
    return client.get("/auth/profile").status_code == 200
