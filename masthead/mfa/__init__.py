"""Two-factor authentication: authenticator apps (TOTP), passkeys (WebAuthn) and recovery codes."""
