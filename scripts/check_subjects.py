"""Fail for commits whose subject is no imperative of at most 72 characters (CONTRIBUTING.md, "Commits").

Looks at the commits since the rule was made, as far as this clone knows them.
"""

import re
import subprocess
import sys
from pathlib import Path

SUBJECT_CHARACTERS = 72
#: The last commit before the rule.
SINCE = "3a5e02b1838af9a392252cbbe605207ab6b1bf9b"
#: "Added", "Adds" and "Adding" tell what was done; an imperative says what the commit does.
NO_IMPERATIVE = re.compile(r"(?:[A-Z][a-z]+(?:ed|ing)|Adds|Fixes|Makes|Removes|Updates|Changes)\b")
IMPERATIVES = frozenset({"Bring", "Embed", "Feed", "Need", "Seed", "Shed", "Speed", "String"})


def faults_of(subject: str) -> list[str]:
    """The reasons against a subject."""
    faults = []
    if len(subject) > SUBJECT_CHARACTERS:
        faults.append(f"has {len(subject)} characters; {SUBJECT_CHARACTERS} are allowed")
    if not subject[:1].isupper():
        faults.append("does not begin with a capital letter")
    if NO_IMPERATIVE.match(subject) and subject.split(maxsplit=1)[0] not in IMPERATIVES:
        faults.append("is no imperative")
    if subject.endswith("."):
        faults.append("ends with a full stop")
    return faults


def new_subjects(root: Path) -> list[str]:
    """The subjects of the commits since the rule; none where there is no history."""

    def git(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["git", *arguments], cwd=root, capture_output=True, encoding="utf-8", check=False
        )

    if git("merge-base", "--is-ancestor", SINCE, "HEAD").returncode:
        return []
    return git("log", "--no-merges", "--format=%s", f"{SINCE}..HEAD").stdout.splitlines()


def main() -> int:
    """Check the commits; the exit code."""
    wrong = [
        f"{subject!r} {', and '.join(faults)}."
        for subject in new_subjects(Path(__file__).parents[1])
        if (faults := faults_of(subject))
    ]
    print("\n".join(wrong), end="\n" if wrong else "")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
