"""The files of a new feature, made from the templates of this package."""

import re
from importlib import resources
from pathlib import Path

from masthead.operation.scaffold.names import FeatureName

TEMPLATES = "templates"
ENDING = ".tmpl"
PLACEHOLDER = re.compile(r"@(\w+)@")
MIGRATIONS = Path("masthead/migrations/versions")


def rendered(name: FeatureName, *, revision: str, down_revision: str) -> dict[Path, str]:
    """Return the new files: path in the checkout and text."""
    values = name.placeholders() | {"revision": revision, "down_revision": down_revision}
    found: dict[Path, str] = {}
    for template in resources.files(__package__).joinpath(TEMPLATES).iterdir():
        if template.name.endswith(ENDING):
            text = PLACEHOLDER.sub(lambda match: values[match[1]], template.read_text(encoding="utf-8"))
            found[_place(template.name.removesuffix(ENDING), name, revision)] = text
    return found


def _place(file: str, name: FeatureName, revision: str) -> Path:
    if file == "migration.py":
        return MIGRATIONS / f"{revision}_{name.plural}.py"
    if file.endswith(".html"):
        return Path("masthead/templates", name.plural, file)
    if file.startswith(("test_", "conftest")):
        return Path("tests", name.plural, file)
    return Path("masthead", name.plural, file)
