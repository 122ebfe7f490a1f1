"""systemd units: ``masthead install --systemd`` writes them, and ``deploy/systemd`` shows them for the default paths."""

import grp
import pwd
from dataclasses import dataclass
from pathlib import Path
from typing import Final

#: Command and description of each unit.
UNITS: Final = {
    "masthead.service": ("serve", "the site"),
    "masthead-worker.service": ("worker", "background jobs (with CELERY_BROKER_URL)"),
    "masthead-beat.service": ("beat", "what is due by the clock (with CELERY_BROKER_URL)"),
}
#: Units of every site, and those that only a site with a broker needs.
SITE: Final = ("masthead.service",)
WITH_BROKER: Final = ("masthead-worker.service", "masthead-beat.service")
STATE: Final = Path("/var/lib")
HOMES: Final = Path("/home")
#: Default paths of `masthead install`.
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
{reload}Restart=always
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

#: Only the server of the site has a successor that takes its port over.
RELOAD: Final = """\
# Another server, with the code and the settings of now, and no failed request.
ExecReload=/bin/kill -HUP $MAINPID
"""


@dataclass(frozen=True, slots=True)
class UnitPaths:
    """The paths of an installation, and the account that runs the site."""

    program: Path
    home: Path
    account: str

    @property
    def group(self) -> str:
        """The account's group; for an account yet to be created, the group of its name."""
        try:
            return grp.getgrgid(pwd.getpwnam(self.account).pw_gid).gr_name
        except KeyError:
            return self.account


def unit(name: str, places: UnitPaths) -> str:
    """Render a unit file."""
    command, description = UNITS[name]
    return TEMPLATE.format(
        description=description,
        account=places.account,
        group=places.group,
        folder=places.home,
        home=places.home,
        program=places.program,
        command=command,
        reload=RELOAD if command == "serve" else "",
        places=_places(places.home),
        # The account must be able to read the program.
        protected="read-only" if HOMES in places.program.parents else "yes",
    )


def _places(home: Path) -> str:
    """Return the directives for the home: systemd creates one below /var/lib, and grants write access to others."""
    if home.parent == STATE:
        return f"StateDirectory={home.name}\nStateDirectoryMode=0700"
    return f"ReadWritePaths={home}"
