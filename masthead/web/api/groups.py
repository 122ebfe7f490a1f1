"""The tags of the API document, in reading order."""

from typing import Any

#: Tag → title and description.
GROUPS: dict[str, tuple[str, str]] = {
    "posts": ("Posts", "Read, find, write and publish posts, and read what was saved before."),
    "comments": ("Comments", "Read and write comments, and moderate pending ones."),
    "tags": ("Tags", "What posts are about. Readers see the tags of published posts."),
    "templates": ("Templates and snippets", "Texts that editors prepare, and that writers copy into posts."),
    "pages": ("Pages", "Texts that stand beside the posts, such as “About”."),
    "media": ("Media", "Pictures and other files."),
    "users": ("People", "Who writes here, and for administrators the accounts."),
    "auth": ("Signing in and your account", "Tokens for a client that signs in, and your own profile."),
    "tokens": ("API tokens", "Tokens for scripts and devices that cannot sign in."),
    "roles": ("Roles", "The permissions of each role."),
    "settings": ("Settings", "Title, colour, navigation and the rules for comments."),
    "statistics": ("Statistics", "What is read and discussed."),
    "jobs": ("Background jobs", "Emails and other work in the background."),
    "cache": ("Page cache", "What the server keeps in memory."),
    "audit": ("Audit log", "Who did what."),
}


def described(paths: dict[str, Any]) -> list[dict[str, str]]:
    """List the tags that have operations, as Tag Objects (OpenAPI 3.1)."""
    used = {operation["tags"][0] for methods in paths.values() for operation in methods.values()}
    return [
        {"name": name, "x-displayName": title, "description": sentence}
        for name, (title, sentence) in GROUPS.items()
        if name in used
    ]


def grouped(document: dict[str, Any]) -> list[tuple[dict[str, str], list[tuple[str, str, dict[str, Any]]]]]:
    """Yield each tag with ``(method, path, operation)`` of its operations."""
    found: dict[str, list[tuple[str, str, dict[str, Any]]]] = {tag["name"]: [] for tag in document["tags"]}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            found[operation["tags"][0]].append((method, path, operation))
    return [(tag, found[tag["name"]]) for tag in document["tags"]]
