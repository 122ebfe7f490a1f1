"""The listening socket of `masthead serve`: opened here, or inherited from systemd."""

import errno
import os
import socket
from typing import Final

import click

#: RFC 1035, section 2.3.4.
LONGEST_HOST: Final = 253
WHY_NOT: Final = {
    errno.EADDRINUSE: "Port {port} on {host} is in use. Stop the program that has it, or choose another port with --port.",
    errno.EADDRNOTAVAIL: "This machine has no address {host}. Choose one that it has with --host, or 0.0.0.0 for all.",
    errno.EACCES: "Port {port} may be used by the system's administrator alone. Choose one above 1023 with --port.",
}
#: Listen backlog, which also has to last while one server replaces another.
BACKLOG: Final = 2_048
#: `sd_listen_fds(3)`.
FIRST_INHERITED: Final = 3


def inherited() -> int | None:
    """Return the descriptor of the socket that systemd has opened; None if there is none."""
    if os.environ.get("LISTEN_PID") != str(os.getpid()):
        return None
    if os.environ.get("LISTEN_FDS") != "1":
        raise click.ClickException(
            "systemd hands over more than one socket. Let masthead.socket listen on one address."
        )
    return FIRST_INHERITED


def opened(host: str, port: int) -> int:
    """Open a listening socket and return its descriptor; raises `ClickException` on failure."""
    try:
        family, kind, _, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(place)
            listener.listen(BACKLOG)
            return listener.detach()
    except (socket.gaierror, UnicodeError):
        shown = click.format_filename(host)[:LONGEST_HOST]
        raise click.ClickException(f"The host {shown} is unknown. Give an address of this machine.") from None
    except OSError as error:
        reason = WHY_NOT.get(
            error.errno or 0, "Nothing can listen on {host}, port {port}: " + str(error.strerror)
        )
        raise click.ClickException(reason.format(host=host, port=port)) from None
