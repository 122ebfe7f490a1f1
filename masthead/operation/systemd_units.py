"""The units of systemd: ``masthead install --systemd`` writes them, and ``deploy/systemd`` shows them for the usual places."""

import grp
import pwd
from dataclasses import dataclass
from pathlib import Path
from typing import Final

#: Each unit's command, and what its description says.
UNITS: Final = {
    "masthead.service": ("serve", "the site"),
    "masthead-worker.service": ("worker", "background jobs (with CELERY_BROKER_URL)"),
    "masthead-beat.service": ("beat", "what is due by the clock (with CELERY_BROKER_URL)"),
}
#: Always there, and those that only a site with a broker needs.
SITE: Final = ("masthead.service",)
WITH_BROKER: Final = ("masthead-worker.service", "masthead-beat.service")
STATE: Final = Path("/var/lib")
HOMES: Final = Path("/home")
#: Where `masthead install` puts things if nobody says otherwise.
UNIT_FOLDER: Final = Path("/etc/systemd/system")
DEFAULT_HOME: Final = STATE / "masthead"
DEFAULT_ACCOUNT: Final = "masthead"
TEMPLATE: Final = """\
[Unit]
Description=Masthead, {description}
Wants=network-online.target
After=network-online.target postgresql.service valkey.service

[Service]
User={account}
Group={group}
WorkingDirectory={folder}
Environment=MASTHEAD_HOME={home} PYTHONUNBUFFERED=1
ExecStart={program} {command}
Restart=always
RestartSec=2
# Requests and jobs in hand get their time to finish.
TimeoutStopSec=40
KillMode=mixed
{places}

NoNewPrivileges=yes
PrivateTmp=yes
PrivateDevices=yes
ProtectSystem=strict
ProtectHome={protected}
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectControlGroups=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
LockPersonality=yes
CapabilityBoundingSet=
UMask=0077
LimitNOFILE=65536

[Install]
WantedBy=multi-user.target
"""


@dataclass(frozen=True, slots=True)
class Places:
    """Where things are on this machine, and the account that runs the site."""

    program: Path
    home: Path
    account: str

    @property
    def group(self) -> str:
        """The account's own group; of one that is still to be made, its namesake."""
        try:
            return grp.getgrgid(pwd.getpwnam(self.account).pw_gid).gr_name
        except KeyError:
            return self.account


def unit(name: str, places: Places) -> str:
    """The text of a unit."""
    command, description = UNITS[name]
    return TEMPLATE.format(
        description=description,
        account=places.account,
        group=places.group,
        folder=places.home,
        home=places.home,
        program=places.program,
        command=command,
        places=_places(places.home),
        # The account must be able to read the program.
        protected="read-only" if HOMES in places.program.parents else "yes",
    )


def _places(home: Path) -> str:
    """What systemd makes of the home: below /var/lib it makes the folder itself, elsewhere it lets the unit write there."""
    if home.parent == STATE:
        return f"StateDirectory={home.name}\nStateDirectoryMode=0700"
    return f"ReadWritePaths={home}"
