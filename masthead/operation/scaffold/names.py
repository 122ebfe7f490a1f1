"""The name of a new feature in all its forms, and the names that would collide."""

import builtins
import keyword
import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from masthead.errors import Invalid

LONGEST = 24
SHAPE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
#: Names that the generated modules use themselves, and those that `tests/architecture/test_shape.py` forbids.
RESERVED = frozenset(
    {
        *(
            "action",
            "answer",
            "api",
            "base",
            "body",
            "bp",
            "cast",
            "client",
            "clock",
            "db",
            "delete",
            "error",
        ),
        *("feature", "form", "forms", "found", "given", "identifier", "index", "input", "listed", "listing"),
        *("mapping", "mistake", "mistakes", "model", "models", "name", "names", "operation", "owner", "page"),
        *(
            "part",
            "path",
            "pytest",
            "query",
            "queries",
            "receiver",
            "response",
            "rhea",
            "row",
            "rows",
            "schema",
        ),
        *(
            "schemas",
            "section",
            "select",
            "test",
            "tests",
            "text",
            "timestamp",
            "timestamps",
            "title",
            "transfer",
        ),
        *(
            "user",
            "users",
            "view",
            "views",
            "walt",
            "common",
            "core",
            "handler",
            "handlers",
            "helper",
            "helpers",
        ),
        *("manager", "misc", "util", "utils", "migration", "migrations", "template", "templates", "static"),
        *(
            "api_query",
            "app",
            "code",
            "message",
            "number",
            "status",
            "summary",
            "tag",
            "query_list",
            "list_answer",
        ),
        *(
            "page_query",
            "like",
            "order",
            "group",
            "column",
            "table",
            "not_found",
            "not_allowed",
            "navigation_item",
        ),
        *(
            "personal_data",
            "personal_data_section",
            "content_transfer",
            "invalid",
            "made",
            "changed",
            "a",
            "i",
        ),
    }
)
PATTERN_ENDINGS = ("_service", "_impl", "_manager", "_helper")
NO_SINGULAR = "There is no way to see what one of {name!r} is called. Say it with --singular."


@dataclass(frozen=True, slots=True)
class FeatureName:
    """A feature's name in each form: ``reading_lists`` and ``reading_list``."""

    plural: str
    singular: str

    @property
    def path(self) -> str:
        """The first segment of its URLs."""
        return self.plural.replace("_", "-")

    def placeholders(self) -> dict[str, str]:
        """The values for ``@placeholder@`` in the templates of its files."""
        word, words = self.singular.replace("_", " "), self.plural.replace("_", " ")
        article = "an" if word[0] in "aeiou" else "a"
        return {
            "plural": self.plural,
            "singular": self.singular,
            "Class": _camel(self.singular),
            "Plural": _camel(self.plural),
            "path": self.path,
            "word": word,
            "words": words,
            "Word": word.capitalize(),
            "Label": words.capitalize(),
            "a": article,
            "A": article.capitalize(),
        }


@dataclass(frozen=True, slots=True)
class Taken:
    """The names that the source and the application already use."""

    tables: Collection[str]
    blueprints: Collection[str]
    paths: Collection[str]
    packages: Collection[str]
    #: Words of the interface that docs/glossary.md has replaced.
    replaced: Collection[str]

    @classmethod
    def in_checkout(
        cls, root: Path, *, tables: Collection[str], blueprints: Collection[str], rules: Collection[str]
    ) -> "Taken":
        """Collect them from a checkout of the source and from the application."""
        places = ("masthead", "tests", "masthead/templates", "masthead/static")
        packages = {entry.name.partition(".")[0] for place in places for entry in (root / place).iterdir()}
        starts = {rule.removeprefix("/api/v1").strip("/").partition("/")[0] for rule in rules}
        rows = (root / "docs" / "glossary.md").read_text(encoding="utf-8").splitlines()
        cells = [row.split("|")[3] for row in rows if row.startswith("|")]
        replaced = {phrase.strip().lower() for cell in cells for phrase in cell.split(";")}
        return cls(tables, blueprints, starts, packages, replaced)


def parse(plural: str, singular: str | None, taken: Taken) -> FeatureName:
    """Check the name of a new feature, and find its singular. Raises `Invalid`."""
    _check_shape(plural)
    found = FeatureName(plural, _singular(plural) if singular is None else singular)
    _check_shape(found.singular)
    if found.singular == plural:
        raise Invalid("The singular must differ from the name: tables are named in it.")
    for name in (plural, found.singular):
        _check_free(name, taken)
    if found.singular.endswith(PATTERN_ENDINGS):
        raise Invalid(f"A class is not named after a pattern: choose another word than {found.singular!r}.")
    if found.singular in taken.tables:
        raise Invalid(f"There is a table {found.singular!r} already.")
    if {plural, f"{plural}_api"} & set(taken.blueprints):
        raise Invalid(f"There is a blueprint {plural!r} already.")
    if found.path in taken.paths:
        raise Invalid(f"There are URLs below /{found.path} already.")
    return found


def _check_shape(name: str) -> None:
    if not SHAPE.fullmatch(name) or len(name) > LONGEST:
        raise Invalid(
            f"A name has lower-case letters, digits and single underscores, begins with a letter, "
            f"and has at most {LONGEST} characters: reading_lists, for example."
        )


def _check_free(name: str, taken: Taken) -> None:
    reserved = name in RESERVED or name.removesuffix("s") in RESERVED
    if keyword.iskeyword(name) or keyword.issoftkeyword(name) or hasattr(builtins, name) or reserved:
        raise Invalid(f"{name!r} is a reserved word. Choose another name.")
    if hasattr(builtins, _camel(name)):
        raise Invalid(f"Python has a class {_camel(name)} already. Choose another name.")
    if name in taken.packages:
        raise Invalid(f"There is something named {name!r} in masthead/ or tests/ already.")
    if name.replace("_", " ") in taken.replaced:
        raise Invalid(f"docs/glossary.md replaced the word {name!r}. Choose the one that it lists.")


def _singular(plural: str) -> str:
    if plural.endswith("ies") and len(plural) > len("ties"):
        return f"{plural[:-3]}y"
    if plural.endswith(("sses", "shes", "ches", "xes")):
        return plural[:-2]
    if plural.endswith("s") and not plural.endswith(("ss", "us", "is")):
        return plural[:-1]
    raise Invalid(NO_SINGULAR.format(name=plural))


def _camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))
