"""How fast a folder of Markdown files comes in, and with how much memory."""

import json
from pathlib import Path

from bench import generated_folder, servers
from bench.figures import Figure, at_least, at_most

POSTS = 5_000


def measure(folder: Path) -> list[Figure]:
    """One import into a new publication."""
    home = folder / "importing"
    texts = folder / "texts"
    generated_folder.write(texts, posts=POSTS, pictures=0)
    variables = servers.environment({"MASTHEAD_HOME": str(home), "FLASK_CONFIG": "production"})
    servers.masthead("db", "upgrade", variables=variables)
    owner = ("ada", "ada@example.org", "--role", "administrator", "--password", "a long sentence of words")
    servers.masthead("user", "create", *owner, variables=variables)
    report = folder / "report.json"
    servers.masthead("import", "markdown", str(texts), "--report", str(report), variables=variables)
    told = json.loads(report.read_text())
    return [
        at_least("Markdown import", told["posts_per_second"], 100, unit="posts/s"),
        at_most("memory of its largest process", told["peak_memory_mb"], 200, unit="MB"),
    ]
