import subprocess
import sys

import pytest

from scripts import check_subjects
from tests.support.commands import ROOT


@pytest.mark.parametrize(
    ("subject", "fault"),
    [
        ("Added a list of pages", "is no imperative"),
        ("Adds a list of pages", "is no imperative"),
        ("Adding a list of pages", "is no imperative"),
        ("list the pages", "does not begin with a capital letter"),
        ("List the pages.", "ends with a full stop"),
        (f"List {'pages ' * 12}", "72 are allowed"),
    ],
)
def test_a_subject_that_breaks_a_rule_is_named(subject, fault):
    assert fault in " ".join(check_subjects.faults_of(subject))


@pytest.mark.parametrize("subject", ["List the pages", "Embed a video", "Feed the index"])
def test_an_imperative_passes(subject):
    assert check_subjects.faults_of(subject) == []


def test_the_commits_of_this_repository_pass():
    script = ROOT / "scripts" / "check_subjects.py"
    result = subprocess.run([sys.executable, str(script)], capture_output=True, encoding="utf-8")
    assert result.returncode == 0, result.stdout
