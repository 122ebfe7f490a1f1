"""Write docs/permissions.md from the roles and permissions in the code. With --check, only say whether it is current."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import masthead.app  # noqa: E402, F401 (declares every action that needs a proof)
from masthead.people.permissions import DEFAULT_ROLES, Permission  # noqa: E402 (found by the path above)
from masthead.people.reauthentication import ACTIONS  # noqa: E402 (found by the path above)

PAGE = ROOT / "docs" / "permissions.md"
HEAD = """# Who may do what

Made by `python scripts/write_permissions.py` from `masthead/people/permissions.py`; a test compares the two.

A role is a row with a set of permissions, so a site can change these sets and add roles of its own. A new site has these:

"""
PROOFS = """
## What needs which proof

Every action needs a login, an access token or a personal token of an account that may use its rights. An account may not, at any of
these doors, while its role asks for a second factor that it does not have, nor, where letters are sent, before its address is confirmed.
These actions also need a fresh proof: a password, with the second factor if there is one, or a passkey, given within the last ten
minutes. A page asks for it and keeps the form. A program signs in again with `POST /api/v1/auth/login`. A personal token is never such
a proof, so it can do none of this, whatever its scopes. The shell asks for nothing.

| action | proof | in the code |
|---|---|---|
"""
OTHERS = """| Change one's own address, or take one's data along, or delete one's own account | fresh, on the page alone | |
| Change one's own password | the present password | |
| End a token, a login or all of somebody's; disable or enable an account | none: it takes a right away, or gives one back | |
| Everything else | none | |
"""
TAIL = """
## Rules that no role changes

- The lists above say what somebody may do at all. Whether they may do it with *this* post is a second question: without
  "Edit, publish and trash anybody's posts", only with those that they own. Being credited in the bylines is not owning.
- Whom a post credits is changed by editors, and by those whom it credits and who stay credited.
- Who may write but not publish can change a post until it is public, and not after.
- Nobody changes the account of somebody whose rank is equal or higher, except their own.
- Nobody gives a role of a higher rank than their own, or one with a permission that they lack.
- Nobody changes a role of an equal or higher rank, or one with a permission that they lack, nor makes one. Administrators keep
  every permission and the highest rank; readers never get the rights over people, roles, settings, jobs and the audit log.
- The last active administrator can neither be disabled nor get another role, not even by themself, and not when two step
  down at the same moment.
- A changed role takes effect at once: that person is signed out everywhere. So does a changed set of permissions.
- The shell (`masthead user …`) asks nobody's permission, and keeps the last administrator all the same.
"""


def page() -> str:
    """The whole page."""
    titles = [role.title for role in DEFAULT_ROLES]
    ranks = [str(role.rank) for role in DEFAULT_ROLES]
    lines = [
        f"| permission | {' | '.join(titles)} |",
        f"|---|{'|'.join([':-:'] * len(titles))}|",
        *(_row(permission) for permission in Permission),
        f"| *rank* | {' | '.join(ranks)} |",
    ]
    proofs = "".join(f"| {words} | fresh | `{action}` |\n" for action, words in sorted(ACTIONS.items()))
    return HEAD + "\n".join(lines) + "\n" + PROOFS + proofs + OTHERS + TAIL


def _row(permission: Permission) -> str:
    marks = ["yes" if permission in role.permissions else "" for role in DEFAULT_ROLES]
    return f"| {permission.sentence} (`{permission.value}`) | {' | '.join(marks)} |"


def main() -> None:
    """Write the page, or compare it."""
    if "--check" not in sys.argv:
        PAGE.write_text(page(), encoding="utf-8")
    elif not PAGE.exists() or PAGE.read_text(encoding="utf-8") != page():
        sys.exit("docs/permissions.md is not current. Run: python scripts/write_permissions.py")


if __name__ == "__main__":
    main()
