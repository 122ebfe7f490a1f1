"""The other files of `deploy/`, as far as they can be tried without a container engine."""

import json
import re
import runpy
import shutil
import signal
import subprocess
import sys
import time

import pytest
import yaml

from masthead.config import Config
from masthead.jobs import runner
from masthead.operation.serving import GRACE_SECONDS, THREADS
from masthead.web.middleware import body_limits
from tests.support.commands import ROOT, environment
from tests.support.live import free_port
from tests.support.over_http import Guest

DEPLOY = ROOT / "deploy"
COMMANDS = {"serve", "worker", "beat", "check", "db"}


def dockerfile():
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    return [line.split(maxsplit=1) for line in text.splitlines() if line and not line.startswith("#")]


def test_image_is_built_from_files_that_exist_and_hashed_packages():
    words = {word for word, rest in dockerfile() if "REQUIREMENTS=runtime" in rest}
    assert words == {"ARG"}
    copied = [rest.split()[:-1] for word, rest in dockerfile() if word == "COPY" and "--from" not in rest]
    for name in (name for names in copied for name in names):
        for chosen in ("runtime", "extras"):
            assert (ROOT / name.replace("${REQUIREMENTS}", chosen)).exists(), name
    for _, rest in dockerfile():
        if "pip install" in rest and "-r " in rest:
            assert rest.count("--require-hashes") == rest.count("pip install") - rest.count("--no-index")


def test_builder_is_sent_what_the_image_is_made_from_and_nothing_else():
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert "*" in lines
    copied = [rest.split()[:-1] for word, rest in dockerfile() if word == "COPY" and "--from" not in rest]
    wanted = {name.split("/")[0] for names in copied for name in names}
    assert {line.removeprefix("!") for line in lines if line.startswith("!")} == wanted


def test_health_of_the_image_is_asked_on_its_port(monkeypatch):
    (rest,) = [rest for word, rest in dockerfile() if word == "HEALTHCHECK"]
    python, option, program = json.loads(rest.partition("CMD ")[2])
    assert (python, option) == ("python", "-c")
    asked = []
    monkeypatch.setattr("urllib.request.urlopen", lambda url, **_: asked.append(url))
    monkeypatch.setenv("PORT", "9000")
    exec(compile(program, "HEALTHCHECK", "exec"), {})
    assert asked == ["http://localhost:9000/health/live"]


def test_image_runs_without_root_and_says_whether_it_is_well():
    last = [line for line in dockerfile() if line[0] != "COPY"]
    users = [rest for word, rest in last if word == "USER"]
    assert users == ["masthead"]
    assert any(word == "HEALTHCHECK" and "/health/live" in rest for word, rest in last)
    assert "CMD" in {word for word, _ in last}


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))


def test_compose_has_every_part_with_a_health_check(compose):
    services = compose["services"]
    assert services.keys() == {"migrate", "app", "worker", "beat", "database", "valkey", "nginx"}
    for name, service in services.items():
        if name not in {"migrate", "app"}:
            assert "test" in service["healthcheck"], name


def test_compose_sets_what_masthead_knows_and_runs_commands_that_exist(compose):
    ours = [service for service in compose["services"].values() if service["image"] == "masthead"]
    assert len(ours) == 4
    for service in ours:
        assert service["environment"].keys() <= Config.model_fields.keys()
        assert service["command"][0] in COMMANDS
        assert "ALL" in service["cap_drop"]


def test_compose_lets_work_in_hand_finish_and_no_log_fill_the_disk(compose):
    for name, service in compose["services"].items():
        assert service["logging"] == {"driver": "local"}, name
        if service["image"] == "masthead":
            assert (
                int(service["stop_grace_period"].removesuffix("s")) >= GRACE_SECONDS + runner.GRACE_SECONDS
            ), name


def test_every_image_that_is_not_ours_has_a_version(compose):
    images = {service["image"] for service in compose["services"].values()} - {"masthead"}
    bases = {rest.split()[0] for word, rest in dockerfile() if word == "FROM"}
    for image in images | bases:
        assert re.search(r":\d", image), image


def test_compose_keeps_secrets_out_of_the_environment_and_its_volumes_declared(compose):
    text = (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
    assert not re.search(r"^\s+(POSTGRES_PASSWORD|SECRET_KEY|DATABASE_URL):", text, re.MULTILINE)
    named = {
        volume.split(":")[0]
        for service in compose["services"].values()
        for volume in service.get("volumes", [])
        if not volume.startswith(".")
    }
    assert named == compose["volumes"].keys()


def test_gunicorn_has_as_many_threads_as_the_command_gives_it():
    settings = runpy.run_path(str(DEPLOY / "gunicorn.conf.py"))
    assert settings["threads"] == THREADS


@pytest.mark.skipif(
    shutil.which("docker") is None
    or subprocess.run(["docker", "compose", "version"], capture_output=True).returncode,
    reason="There is no docker compose.",
)
def test_compose_file_is_valid():
    command = ["docker", "compose", "-f", str(DEPLOY / "compose.yaml"), "config", "--quiet"]
    subprocess.run(
        command, check=True, env={"SITE_URL": "https://magazine.example", "PATH": "/usr/bin:/usr/local/bin"}
    )


@pytest.mark.parametrize("unit", sorted(path.name for path in (DEPLOY / "systemd").glob("*.service")))
def test_unit_starts_a_command_as_nobody_special(unit, tmp_path):
    text = (DEPLOY / "systemd" / unit).read_text(encoding="utf-8")
    command = re.search(r"^ExecStart=/srv/masthead/\.venv/bin/masthead (\w+)$", text, re.MULTILINE)
    assert command is not None
    assert command[1] in COMMANDS
    assert "\nUser=masthead\n" in text
    assert "\nNoNewPrivileges=yes\n" in text
    if shutil.which("systemd-analyze"):
        # Everything but the place of the program, which is not installed here.
        shown = text.replace("/srv/masthead/.venv/bin/masthead", "/bin/true").replace(
            "User=masthead\nGroup=masthead\n", ""
        )
        (tmp_path / unit).write_text(shown)
        result = subprocess.run(
            ["systemd-analyze", "verify", str(tmp_path / unit)], capture_output=True, text=True
        )
        assert unit not in result.stderr.replace(str(tmp_path), ""), result.stderr


@pytest.mark.databases("sqlite")
def test_nginx_lets_files_through_to_every_route_that_takes_them(app):
    config = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    (pattern,) = re.findall(r"location ~ (\S+) \{\s+client_max_body_size 2001m;", config)
    taking = {
        str(rule)
        for rule in app.url_map.iter_rules()
        if getattr(app.view_functions[rule.endpoint], body_limits.ATTRIBUTE, None) == body_limits.FILE
    }
    assert {"/admin/media", "/admin/import"} <= taking
    assert [path for path in sorted(taking) if not re.match(pattern, path)] == []


@pytest.mark.databases("sqlite")
def test_gunicorn_serves_with_its_file(database, tmp_path):
    port = free_port()
    settings = {"FLASK_CONFIG": "testing", "DATABASE_URL": database.url, "PORT": port, "HOME": tmp_path}
    arguments = ["-c", str(DEPLOY / "gunicorn.conf.py"), "masthead.wsgi:app"]
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", *arguments], cwd=tmp_path, env=environment(tmp_path, settings)
    )
    try:
        deadline = time.monotonic() + 90
        guest = Guest(f"http://127.0.0.1:{port}")
        while True:
            try:
                assert guest.get("/health/live").status == 200
                break
            except OSError:
                assert process.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.1)
        assert not (tmp_path / ".gunicorn").exists(), "a control socket"
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
