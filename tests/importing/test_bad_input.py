"""A folder with every kind of broken file: the report names each, and the good files are imported."""

import json
import os

import pytest

from tests.importing.conftest import written

GOOD = "---\ntitle: Good\ntags: a\n---\nText\n"


TAGS = ", ".join(f"tag{number}" for number in range(10_000))
FILES = {
    "good.md": GOOD,
    "yaml.md": "---\ntitle: x\nbad: [\n---\n",
    "open.md": "---\ntitle: x\n",
    "bytes.md": b"---\ntitle: x\n---\n\n\xff",
    "tag.md": "---\na: 1\nb: !!python/name:os.system\n---\n",
    "laughs.md": "---\na: &a [x, x]\n" + "".join(f"b{n}: &b{n} [*a, *a, *a]\n" for n in range(9)) + "---\n",
    "itself.md": "---\na: &a [*a]\n---\n",
    "deep.md": f"---\na: {'[' * 5_000}\n---\n",
    "date.md": "---\ntitle: x\ndate: 2024-13-45\n---\n",
    "tags.md": f"---\ntitle: Many\ntags: [{TAGS}]\n---\n",
    "long.md": f"---\ntitle: {'x' * 1_000_000}\nexcerpt: {'y ' * 5_000}\n---\n",
    "nul.md": b"---\ntitle: N\x00UL\n---\na\x00b",
    "fence.md": "---\ntitle: Fence\n---\n```python\nnever closed\n",
    "cycle-a.md": "---\ntitle: A\nurl: /a/\naliases: [/b/, /a/]\n---\n",
    "cycle-b.md": "---\ntitle: B\nurl: /b/\naliases: [/a/]\n---\n",
}
FAILED = {
    "bytes.md": 5,
    "date.md": 3,
    "deep.md": 2,
    "folder-out": None,
    "huge.md": None,
    "itself.md": 2,
    "laughs.md": 9,
    "linked.md": None,
    "open.md": 1,
    "pipe.md": None,
    "round/again": None,
    "tag.md": 3,
    "yaml.md": 4,
}


@pytest.fixture
def folder(tmp_path):
    """A folder with links, pipes and other things that cannot be written as text files."""
    root = tmp_path / "site"
    root.mkdir()
    (tmp_path / "secret.md").write_text("---\ntitle: Secret\n---\n")
    (root / "linked.md").symlink_to(tmp_path / "secret.md")
    (root / "folder-out").symlink_to(tmp_path)
    (root / "round").mkdir()
    (root / "round" / "again").symlink_to(root)
    with (root / "huge.md").open("wb") as file:
        file.truncate(50_000_000)
    os.mkfifo(root / "pipe.md")
    (root / "two\nlines.md").write_text(GOOD)
    (root / os.fsdecode(b"not-\xff-text.md")).write_text(GOOD)
    return root


@pytest.fixture
def wrong(site, folder):
    return site(FILES)


def test_each_bad_file_is_named_with_its_line(wrong):
    lines = {source: line for source, (line, _) in wrong.failures().items()}
    assert lines == FAILED


def test_the_rest_goes_in_and_the_sums_add_up(wrong):
    assert sorted(item.source for item in wrong.items.values()) == [
        "cycle-a.md",
        "cycle-b.md",
        "fence.md",
        "good.md",
        "long.md",
        "not-\\xff-text.md",
        "nul.md",
        "tags.md",
        "two\\nlines.md",
    ]
    assert wrong.found.total == len(wrong.items) + len(wrong.found.failures) + len(wrong.found.skipped)


def test_too_much_is_cut_and_told(wrong):
    assert len(wrong["tags.md"].tags) == 30
    assert [(note.what, note.count) for note in wrong["tags.md"].notes if note.what.startswith("tags")] == [
        ("tags beyond the limit", 9_970)
    ]
    assert len(wrong["long.md"].title) <= 300
    assert len(wrong["long.md"].summary) <= 1_000
    assert {note.what for note in wrong["long.md"].notes} == {"long title", "long summary", "no date"}
    assert (wrong["nul.md"].title, wrong["nul.md"].body) == ("NUL", "ab")


def test_an_own_address_counts_more_than_an_alias(wrong):
    assert wrong.found.addresses.owner("/a/") == "cycle-a.md"
    assert wrong.found.addresses.owner("/b/") == "cycle-b.md"


def test_the_command_names_what_is_wrong_and_brings_in_the_rest(invoke, cast, client, folder, tmp_path):
    report = tmp_path / "report.json"
    arguments = (
        "import",
        "markdown",
        str(written(folder, FILES)),
        "--report",
        str(report),
        "--processes",
        "1",
    )
    result = invoke(*arguments)
    assert result.returncode == 0, result.stderr
    assert "Traceback" not in result.stdout + result.stderr
    found = json.loads(report.read_text())
    by_outcome = {
        outcome: {item["source"]: item for item in found["items"] if item["outcome"] == outcome}
        for outcome in ("imported", "failed")
    }
    assert {source: item["line"] for source, item in by_outcome["failed"].items()} == FAILED
    assert len(by_outcome["imported"]) == 9
    assert all(f"{source}" in result.stdout for source in FAILED)
    assert "huge.md: This file is too large: 50.0 MB" in result.stdout
    for item in by_outcome["imported"].values():
        assert client.get(item["address"]).status_code == 200, item["source"]
    assert "Secret" not in client.get("/blog/").text
    # Two texts have each other's address as alias: each keeps its own, in one hop.
    addresses = {source: item["address"] for source, item in by_outcome["imported"].items()}
    assert client.get("/a/").location == addresses["cycle-a.md"]
    assert client.get("/b/").location == addresses["cycle-b.md"]
    assert invoke(*arguments, "--strict").returncode == 3
