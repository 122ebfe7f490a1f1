"""Exports of WordPress, written for the tests."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

HEAD = """<?xml version="1.0" encoding="UTF-8" ?>
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:wfw="http://wellformedweb.org/CommentAPI/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/">
<channel><title>Old Gazette</title><link>https://old.example</link><language>en</language><wp:wxr_version>1.2</wp:wxr_version>
<wp:base_site_url>https://old.example</wp:base_site_url><wp:base_blog_url>https://old.example</wp:base_blog_url>
"""


def item(number: int, kind: str = "post", more: str = "", **fields: str) -> str:
    """An item with these fields; the others have usual values."""
    slug = fields.get("slug", f"text-{number}")
    values = {
        "title": f"Text {number}",
        "link": f"https://old.example/2020/01/{slug}/",
        "creator": "grace",
        "content": "Words.",
        "excerpt": "",
        "date": "2020-01-02 03:04:05",
        "status": "publish",
        "password": "",
        "parent": "0",
    } | fields
    return (
        f"<item><title><![CDATA[{values['title']}]]></title><link>{values['link']}</link>"
        f"<dc:creator><![CDATA[{values['creator']}]]></dc:creator>"
        f'<guid isPermaLink="false">https://old.example/?p={number}</guid>'
        f"<content:encoded><![CDATA[{values['content'].replace(']]>', ']]]]><![CDATA[>')}]]></content:encoded>"
        f"<excerpt:encoded><![CDATA[{values['excerpt']}]]></excerpt:encoded><wp:post_id>{number}</wp:post_id>"
        f"<wp:post_date>{values['date']}</wp:post_date><wp:post_date_gmt>{values['date']}</wp:post_date_gmt>"
        f"<wp:comment_status>open</wp:comment_status><wp:post_name>{slug}</wp:post_name><wp:status>{values['status']}</wp:status>"
        f"<wp:post_parent>{values['parent']}</wp:post_parent><wp:post_type>{kind}</wp:post_type>"
        f"<wp:post_password>{values['password']}</wp:post_password>{more}</item>\n"
    )


def comment(number: int, content: str = "Well said.", **fields: str) -> str:
    """A comment with these fields."""
    values = {"author": "Rhea", "approved": "1", "type": "comment", "parent": "0", "user_id": "0"} | fields
    inner = "".join(
        f"<wp:comment_{name}><![CDATA[{value}]]></wp:comment_{name}>" for name, value in values.items()
    )
    return (
        f"<wp:comment><wp:comment_id>{number}</wp:comment_id>{inner}"
        f"<wp:comment_date_gmt>2020-01-03 00:00:{number % 60:02}</wp:comment_date_gmt>"
        f"<wp:comment_content><![CDATA[{content}]]></wp:comment_content></wp:comment>"
    )


def meta(**fields: str) -> str:
    """Fields of an item."""
    return "".join(
        f"<wp:postmeta><wp:meta_key>{name}</wp:meta_key><wp:meta_value><![CDATA[{value}]]></wp:meta_value></wp:postmeta>"
        for name, value in fields.items()
    )


def term(domain: str, slug: str, name: str) -> str:
    """A term of an item."""
    return f'<category domain="{domain}" nicename="{slug}"><![CDATA[{name}]]></category>'


def wxr(*items: str, head: str = "") -> str:
    """A whole export."""
    return HEAD + head + "".join(items) + "</channel></rss>\n"


Move = Callable[..., dict[str, Any]]


@pytest.fixture
def move(invoke: Callable[..., "subprocess.CompletedProcess[str]"], cast: Any, tmp_path: Path) -> Move:
    """Import an export with the command; the report, with `by_source`, `counts` and the command's `output`."""

    def run(export: str | bytes | Path, *options: str, exit_code: int = 0) -> dict[str, Any]:
        report, file = tmp_path / "report.json", tmp_path / "export.xml"
        if not isinstance(export, Path):
            file.write_bytes(export if isinstance(export, bytes) else export.encode())
            export = file
        fetch = () if "--media" in options else ("--no-fetch",)
        result = invoke(
            "import", "wordpress", str(export), "--report", str(report), "--processes", "1", *fetch, *options
        )
        assert result.returncode == exit_code, result.stdout + result.stderr
        if exit_code:
            return {"output": result.stdout + result.stderr}
        found: dict[str, Any] = json.loads(report.read_text())
        totals = found["totals"]
        assert totals["files"] == sum(count for name, count in totals.items() if name != "files")
        assert len(found["items"]) == totals["files"]
        found["by_source"] = {one["source"]: one for one in found["items"]}
        found["counts"] = {name: count for name, count in totals.items() if count and name != "files"}
        found["output"] = result.stdout
        return found

    return run
