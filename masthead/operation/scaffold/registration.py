"""Registers a new feature in the lists of features, layers and API groups, and in the tables of the tests.

Each edit finds its place by an expression. A file that does not match stops the scaffolding before anything is written, and
`tests/operation/test_scaffold.py` fails.
"""

import re
from pathlib import Path

from masthead.errors import Conflict
from masthead.operation.scaffold.files import PLACEHOLDER
from masthead.operation.scaffold.names import FeatureName

#: File → pairs of an expression and the text to insert after its match; `@…@` as in the templates.
EDITS: dict[str, tuple[tuple[str, str], ...]] = {
    "masthead/app.py": ((r'(?=\n    \*\("user_admin",)', '\n    "@plural@",'),),
    ".importlinter": ((r"\n    comments \| pages[^\n]*", " | @plural@"),),
    "ARCHITECTURE.md": ((r"\n\| features \| [^,|]*`(?=[,|])", " `@plural@`"),),
    "masthead/web/api/groups.py": (
        (r"\nGROUPS[^\n]*\{.*?(?=\n\})", '\n    "@plural@": ("@Label@", "Your own @words@."),'),
    ),
    "masthead/web/api/document.py": (
        (r"\n_PARTS[^\n]*\{.*?(?=\n\})", '\n    "@singular@_id": ("The id of the @word@.", 3),'),
    ),
    "masthead/api_tokens/personal_tokens.py": (
        (
            r"\nSCOPES[^\n]*\{.*?(?=\n\})",
            '\n    "@plural@:read": ("Read your @words@", None),\n    "@plural@:write": ("Change your @words@", None),',
        ),
    ),
    "tests/architecture/test_parity.py": (
        (
            r"\nPARITY[^\n]*\{.*?(?=\n\})",
            (
                '\n    "/@path@": ("POST /@path@",),'
                '\n    "/@path@/<int:@singular@_id>/delete": ("DELETE /@path@/<int:@singular@_id>",),'
            ),
        ),
        (r"\nSHOWN[^\n]*\{.*?(?=\n\})", '\n    "/@path@": "GET /@path@",'),
    ),
    "tests/journeys/test_access.py": (
        (
            r"\nROUTES[^\n]*\{.*?(?=\n\})",
            (
                '\n    "GET /@path@": MEMBERS,\n    "POST /@path@": MEMBERS,'
                '\n    "POST /@path@/<int:@singular@_id>/delete": MEMBERS,'
            ),
        ),
    ),
    "tests/api/test_list_queries.py": (
        (r"\nfrom masthead import [^\n]*", "\nfrom masthead.@plural@ import actions as @plural@"),
        (
            r"(?=\n\n\n@dataclass\(frozen=True\)\nclass List:)",
            (
                "\n\n\ndef make_@plural@(cast, numbers):\n    with storing():\n        for number in numbers:"
                '\n            @plural@.add(f"Title {number}", by=cast.ada)'
            ),
        ),
        (r"\nLISTS = \[.*?(?=\n\])", '\n    List("/@path@?", make_@plural@, 2, "ada"),'),
    ),
    "tests/api/test_sending_again.py": (
        (
            r"(?=\n\n\n#: Who does what)",
            (
                "\n\n\ndef _@singular@(cast, as_):"
                '\n    made = as_(cast.ada)("POST", "/@path@", {"title": "Rivers"})'
                '\n    return {"@singular@_id": made.json["id"]}'
            ),
        ),
        (
            r"\nDEEDS = \[.*?(?=\n\])",
            (
                '\n    ("ada", "POST", "/@path@", {"title": "Rivers"}, _nothing),'
                '\n    ("ada", "DELETE", "/@path@/{@singular@_id}", None, _@singular@),'
            ),
        ),
    ),
    "tests/api/fuzzing.py": (
        (
            r"\nCONTENT_RULES[^\n]*\{.*?(?=\n\})",
            '\n    "POST /api/v1/@path@": "a title has visible characters",',
        ),
    ),
}


def edited(root: Path, name: FeatureName) -> dict[Path, str]:
    """Return the edited files: path in the checkout and new text."""
    return {Path(file): _edited(root / file, edits, name) for file, edits in EDITS.items()}


def _edited(path: Path, edits: tuple[tuple[str, str], ...], name: FeatureName) -> str:
    text, values = path.read_text(encoding="utf-8"), name.placeholders()
    for pattern, addition in edits:
        found = re.search(pattern, text, re.DOTALL)
        if found is None:
            raise Conflict(
                f"{path.name} has no place for a new feature any more: nothing matches {pattern!r}."
            )
        added = PLACEHOLDER.sub(lambda match: values[match[1]], addition)
        text = text[: found.end()] + added + text[found.end() :]
    return text
