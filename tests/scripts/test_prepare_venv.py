import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.commands import ROOT

SCRIPT = ROOT / "scripts" / "prepare_venv.py"


@pytest.fixture
def prepare(tmp_path, monkeypatch):
    """The script with a folder of its own, where installing only notes what would be installed."""
    spec = importlib.util.spec_from_file_location("prepare_venv", SCRIPT)
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    monkeypatch.setattr(script, "ROOT", tmp_path)
    monkeypatch.setattr(script, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(script, "STAMP", tmp_path / ".venv" / script.STAMP.name)
    for name in script.INPUTS:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name, encoding="utf-8")
    script.made = []
    script.installed = []

    def make(folder, **_):
        script.made.append(folder)
        (folder / "bin").mkdir(parents=True)
        (folder / "bin" / "python").symlink_to(sys.executable)

    monkeypatch.setattr(script.venv, "create", make)
    monkeypatch.setattr(script, "_pip", lambda *arguments: script.installed.append(Path(arguments[-1]).name))
    return script


def test_a_missing_environment_is_made_with_the_files_of_its_set(prepare):
    assert prepare.main("runtime") == 0
    assert len(prepare.made) == 1
    assert prepare.installed == ["build.txt", prepare.ROOT.name]


def test_a_finished_environment_is_left_alone(prepare):
    prepare.main("development")
    prepare.installed.clear()
    assert prepare.main("development") == 0
    # What developers have contains what a server needs.
    assert prepare.main("runtime") == 0
    assert prepare.installed == []


def test_extras_stay_when_the_server_is_started(prepare):
    prepare.main("runtime")
    assert prepare.main("extras") == 0
    prepare.installed.clear()
    (prepare.ROOT / "requirements" / "extras.txt").write_text("newer", encoding="utf-8")
    assert prepare.main("runtime") == 0
    assert json.loads(prepare.STAMP.read_text(encoding="utf-8"))["set"] == "extras"
    assert prepare.installed


def test_the_larger_set_is_added_to_the_smaller_one(prepare):
    prepare.main("runtime")
    assert prepare.main("development") == 0
    assert len(prepare.made) == 1
    assert "dev.txt" in prepare.installed


def test_changed_requirements_are_installed_and_the_larger_set_stays(prepare):
    prepare.main("development")
    (prepare.ROOT / "requirements" / "runtime.txt").write_text("newer", encoding="utf-8")
    prepare.installed.clear()
    assert prepare.main("runtime") == 0
    assert prepare.installed == ["dev.txt", prepare.ROOT.name]
    assert len(prepare.made) == 1


def test_an_interrupted_environment_is_made_anew(prepare, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(prepare, "_pip", interrupted)
        assert prepare.main("runtime") == 130
    assert prepare.main("runtime") == 0
    assert len(prepare.made) == 2


def test_a_failed_installation_is_said_and_made_anew(prepare, monkeypatch, capsys):
    def failing(*_):
        raise subprocess.CalledProcessError(1, "pip")

    with monkeypatch.context() as patch:
        patch.setattr(prepare, "_pip", failing)
        assert prepare.main("runtime") == 1
    assert "could not be prepared" in capsys.readouterr().err
    assert prepare.main("runtime") == 0
    assert len(prepare.made) == 2


@pytest.mark.parametrize(
    "damage",
    [
        # Half a stamp.
        lambda script: script.STAMP.write_text("{", encoding="utf-8"),
        # The Python that it was made with is gone.
        lambda script: (script.VENV / "bin" / "python").unlink(),
        # The folder was moved, or Python was upgraded.
        lambda script: script.STAMP.write_text(
            json.dumps(json.loads(script.STAMP.read_text(encoding="utf-8")) | {"interpreter": "another"}),
            encoding="utf-8",
        ),
    ],
)
def test_an_unusable_environment_is_made_anew(prepare, damage):
    prepare.main("runtime")
    damage(prepare)
    assert prepare.main("runtime") == 0
    assert len(prepare.made) == 2


def make_runtime(*variables):
    return subprocess.run(["make", "runtime", *variables], cwd=ROOT, capture_output=True, encoding="utf-8")


def fake_python(folder, *failing):
    """A Python for which the checks whose source holds one of these words fail."""
    path = folder / "python3"
    tests = "\n".join(f'case "$2" in *{word}*) exit 1;; esac' for word in failing)
    path.write_text(f"#!/bin/sh\n{tests}\nexit 0\n", encoding="utf-8")
    path.chmod(0o755)
    return path


@pytest.mark.parametrize(
    ("failing", "sentence"),
    [
        ("version_info", "needs Python 3.11 or newer"),
        ("ensurepip", "apt-get install python3-venv"),
    ],
)
def test_make_says_in_one_sentence_what_python_lacks(tmp_path, failing, sentence):
    finished = make_runtime(f"PYTHON={fake_python(tmp_path, failing)}")
    assert finished.returncode != 0
    said = [line for line in finished.stderr.splitlines() if not line.startswith("make")]
    assert len(said) == 1
    assert sentence in said[0]


def test_make_says_that_there_is_no_python():
    finished = make_runtime("PYTHON=no-such-python")
    assert finished.returncode != 0
    assert "there is no 'no-such-python' here" in finished.stderr
