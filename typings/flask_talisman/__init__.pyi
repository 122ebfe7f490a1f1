from flask import Flask

class Talisman:
    def __init__(
        self,
        app: Flask,
        *,
        content_security_policy: dict[str, str] = ...,
        force_https: bool = ...,
        strict_transport_security: bool = ...,
        strict_transport_security_include_subdomains: bool = ...,
        permissions_policy: dict[str, str] = ...,
        session_cookie_secure: bool = ...,
        frame_options: str = ...,
        referrer_policy: str = ...,
        x_xss_protection: bool = ...,
    ) -> None: ...
