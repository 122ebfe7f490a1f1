"""`docker-compose config` reads the file that we ship, with every option that it has."""

import subprocess

import pytest
import yaml

from tests.support.commands import ROOT

SHIPPED = ROOT / "deploy" / "compose.yaml"
SITE = "https://magazine.example"


@pytest.fixture
def as_shipped(tmp_path):
    """The file, changed if need be. Debian's release is older than the name of a project, which is left out."""

    def write(change=lambda text: text):
        lines = SHIPPED.read_text(encoding="utf-8").splitlines(keepends=True)
        assert lines.count("name: masthead\n") == 1
        folder = tmp_path / "deploy"
        folder.mkdir(exist_ok=True)
        file = folder / "compose.yaml"
        file.write_text(
            change("".join(line for line in lines if line != "name: masthead\n")), encoding="utf-8"
        )
        return file

    return write


def test_compose_accepts_the_file_and_fills_it_in(docker_compose, as_shipped):
    result = docker_compose.config(as_shipped(), SITE_URL=SITE, WORKERS="3")
    assert result.returncode == 0, result.stderr
    services = yaml.safe_load(result.stdout)["services"]
    assert services.keys() == yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))["services"].keys()
    for name in ("migrate", "app", "worker", "beat"):
        given = services[name]["environment"]
        assert (given["SITE_URL"], given["WORKERS"]) == (SITE, "3"), name
        assert services[name]["read_only"] is True


def test_compose_asks_for_the_address_of_the_site(docker_compose, as_shipped):
    result = docker_compose.config(as_shipped())
    assert result.returncode != 0
    assert "Set SITE_URL to the address that readers use" in result.stderr


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("cap_drop:", "cap_dorp:"),
        ("restart: unless-stopped", "restart: [always]"),
        ("valkey: {condition: service_healthy}", "redis: {condition: service_healthy}"),
        ("  cache:\n", ""),
    ],
)
def test_compose_refuses_a_mistake_in_it(docker_compose, as_shipped, right, wrong):
    result = docker_compose.config(as_shipped(lambda text: text.replace(right, wrong)), SITE_URL=SITE)
    assert result.returncode != 0, result.stdout


def test_compose_waits_for_what_is_slow_and_follows_what_moves():
    services = yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))["services"]
    assert services["migrate"]["restart"] == "on-failure"
    assert "--host" in services["database"]["healthcheck"]["test"], (
        "not on the socket of an unfinished server"
    )
    # The file listens on IPv4, and `localhost` is ::1 first in the image.
    assert services["nginx"]["healthcheck"]["test"][-1] == "https://127.0.0.1/health/live"
    assert "backups:/backup" in services["app"]["volumes"]


def test_nginx_in_a_container_asks_for_addresses_anew():
    services = yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))["services"]
    shell = services["nginx"]["command"][2].partition("&&")[0].replace("/etc/nginx/masthead.conf", "")
    made = subprocess.run(
        ["sh", "-c", shell.replace("> /tmp/nginx.conf", "")],
        input=(ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8"),
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "resolver 127.0.0.11 valid=5s; upstream masthead { zone masthead 256k;" in made
    assert "server app:8000 resolve max_fails" in made
