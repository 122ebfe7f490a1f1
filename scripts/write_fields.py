"""Write docs/fields.md, the table of fields and doors, from the code. With --check, only say whether it is current.

A field that a door does not have needs a reason below, and a reason without a gap is a mistake: both stop the script.
"""

import dataclasses
import inspect
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from pydantic import BaseModel
from wtforms.fields.core import UnboundField

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from masthead.admin.forms import SettingsForm  # noqa: E402
from masthead.admin.schemas import SettingsChange  # noqa: E402
from masthead.exporting import markdown  # noqa: E402
from masthead.importing.items import Item, LeadPicture, SourceAuthor  # noqa: E402
from masthead.importing.site_data import SiteAuthor, SiteRedirect, SiteTag  # noqa: E402
from masthead.login.forms import ChangeEmailForm  # noqa: E402
from masthead.pages.forms import PageForm  # noqa: E402
from masthead.pages.models import Page  # noqa: E402
from masthead.pages.schemas import PageChange, PageInput  # noqa: E402
from masthead.people.forms import ProfileForm  # noqa: E402
from masthead.people.models import User  # noqa: E402
from masthead.people.schemas import ProfileChange  # noqa: E402
from masthead.posts.api.people_schemas import AccountChange, AccountInput  # noqa: E402
from masthead.posts.api.schemas import LeadImage, PostChange, PostInput  # noqa: E402
from masthead.posts.forms.post import PostForm  # noqa: E402
from masthead.posts.history import WORDS  # noqa: E402
from masthead.posts.models import Post  # noqa: E402
from masthead.redirects import cli as redirects_cli  # noqa: E402
from masthead.redirects.admin import RedirectForm  # noqa: E402
from masthead.redirects.models import Redirect  # noqa: E402
from masthead.redirects.schemas import RedirectInput  # noqa: E402
from masthead.settings.publication import Publication  # noqa: E402
from masthead.tags.forms import TagForm  # noqa: E402
from masthead.tags.models import Tag  # noqa: E402
from masthead.tags.schemas import TagChange, TagInput  # noqa: E402
from masthead.user_admin import cli as people_cli  # noqa: E402 (found by the path above, like all that follow)

PAGE = ROOT / "docs" / "fields.md"
DOORS: Final = ("desk", "API", "CLI", "import", "export")
HEAD: Final = """# Which field is set where

Made by `python scripts/write_fields.py` from models, forms, schemas, import and export; a test compares the two. Every field that a door does not
have has its reason, by number below. "Desk" means the pages of desk, profile and administration.
"""

NO_CLI: Final = "texts are written at the desk or by a program; `import` takes many"
BY_ITSELF: Final = "made from the text"
KEPT: Final = "kept by Masthead"
#: Gaps and their reasons: by object, then field, then door; `*` means all doors that do not have it.
GAPS: Final[Mapping[str, Mapping[str, Mapping[str, str]]]] = {
    "Post": {
        **{name: {"*": BY_ITSELF} for name in ("html", "excerpt", "toc", "words", "reading_minutes")},
        **{name: {"*": KEPT} for name in ("id", "version", "trashed_at", "created_at")},
        "expired_at": {"*": KEPT},
        **{
            name: {"CLI": NO_CLI, "import": "a moved publication decides anew what ends"}
            for name in ("expires_at", "expires_to")
        },
        "update_at": {
            "CLI": NO_CLI, "import": "working copies are not moved", "export": "working copies are not moved",
        },
        **{name: {"*": "counted"} for name in ("views", "comment_count")},
        "updated_at": {"desk": KEPT, "API": KEPT, "CLI": KEPT},
        "author_id": {
            "*": "the owner is whoever made it; closing an account hands its posts over. Bylines say who is credited"
        },
        **{
            name: {"CLI": NO_CLI}
            for name in (
                "title", "slug", "summary", "body", "status", "published_at", "comments_open", "lead_image", "lead_alt",
                "lead_caption", "canonical_url", "language", "translation_key",
                "authors", "tags", *WORDS, "card_image",
            )
        },
        "note": {
            "CLI": NO_CLI,
            "import": "an import writes its own",
            "export": "the history is not exported; `masthead backup` has it",
        },
    },
    "Page": {
        **{name: {"*": BY_ITSELF} for name in ("html", "toc")},
        **{name: {"*": KEPT} for name in ("id", "version", "created_at", "trashed_at")},
        "updated_at": {"desk": KEPT, "API": KEPT, "CLI": KEPT},
        **{name: {"CLI": NO_CLI} for name in ("title", "slug", "summary", "body", "is_public")},
    },
    "Person": {
        **{
            name: {"*": KEPT}
            for name in ("id", "username_key", "username_lookalike", "name_key", "email_key", "created_at", "updated_at")
        },
        "username": {"desk": "chosen once, when the account is made"},
        "email": {
            "import": "addresses are no text", "export": "addresses are no text",
        },
        **{
            name: {"CLI": "the person's own: profile and API"}
            for name in ("name", "bio", "website", "avatar")
        },
        "time_zone": {
            "CLI": "the person's own: profile and API", "import": "accounts are no texts", "export": "accounts are no texts",
        },
        "has_chosen_time_zone": {"*": "follows from `time_zone`: the person's own choice"},
        "muted_emails": {
            "CLI": "the person's own: profile and API", "import": "accounts are no texts", "export": "accounts are no texts",
        },
        "password_hash": {
            "import": "a secret", "export": "a secret",
        },
        **{
            name: {"import": "accounts are no texts", "export": "accounts are no texts"}
            for name in ("is_active", "role_id")
        },
        "is_byline": {
            "CLI": NO_CLI, "API": "follows from `authors` of a post", "desk": "follows from `authors` of a post",
            "export": "whoever has no account there comes back as a byline",
        },
        "confirmed_at": {"*": "set by the link in the email"},
    },
    "Tag": {
        **{name: {"*": KEPT} for name in ("id", "key", "created_at", "updated_at")},
        "slug": {
            "desk": "made from the name, and never changes", "API": "made from the name, and never changes",
            "CLI": "tags are named by posts",
        },
        "name": {"CLI": "tags are named by posts"},
        "description": {"CLI": "tags are named by posts"},
    },
    "Redirect": {
        **{name: {"*": KEPT} for name in ("id", "created_at", "updated_at")},
        **{
            name: {
                "desk": "kept when a text or a tag gets another address", "API": "kept when a text or a tag gets another address",
                "CLI": "kept when a text or a tag gets another address", "import": "the old addresses of texts are theirs",
                "export": "in the `aliases` of what they lead to",
            }
            for name in ("kind", "target_id")
        },
    },
    "Settings": {
        name: {
            "CLI": "they belong to the publication and its administrators, not to the machine",
            "import": "a publication keeps its own", "export": "a publication keeps its own; `masthead backup` has them",
        }
        for name in Publication.__dataclass_fields__.keys() - {"feed_origin"}
    }
    | {"feed_origin": {"*": "remembered at the first start under a public address"}},
}  # fmt: skip


def fields_of_form(form: type) -> set[str]:
    """The names of the fields of a form."""
    fields = {name for name, value in inspect.getmembers(form) if isinstance(value, UnboundField)}
    # Not set with it, but compared: which state the writer saw.
    return fields - {"version"}


def members(*shapes: type[BaseModel]) -> set[str]:
    """The names of the members of every one of these shapes."""
    return set.intersection(*(set(shape.model_fields) for shape in shapes))


def written_keys(function: str) -> set[str]:
    """The keys that a function of the export writes."""
    return set(re.findall(r'"(\w+)":', inspect.getsource(getattr(markdown, function))))


def columns(model: type) -> list[str]:
    """The names of the columns."""
    return [column.key for column in model.__table__.columns]  # type: ignore[attr-defined]


def renamed(names: set[str], **others: str) -> set[str]:
    """The names, with those of a door that calls them otherwise in our words: ``theirs="ours"``."""
    return {ours for theirs, ours in others.items() if theirs in names} | names


def slots(*shapes: type) -> set[str]:
    """The names of the fields of dataclasses."""
    return {field.name for shape in shapes for field in dataclasses.fields(shape)}


def commands(**fields: str) -> set[str]:
    """The fields that commands of `masthead user` set; fails for a command that does not exist."""
    missing = set(fields.values()) - set(people_cli.group.commands)
    if missing:
        sys.exit(f"There are no commands masthead user {', '.join(sorted(missing))}.")
    return set(fields)


def doors() -> dict[str, tuple[list[str], dict[str, set[str]]]]:
    """Each object: its fields, and those that each door has."""
    lead = {f"lead_{name}" for name in LeadImage.model_fields.keys() - {"url"}}
    item = slots(Item) | {f"lead_{name}" for name in slots(LeadPicture)}
    person = {"username"} | slots(SourceAuthor, SiteAuthor)
    return {
        "Post": (
            [*columns(Post), "authors", "tags", "note"],
            {
                # The buttons are the status.
                "desk": renamed(fields_of_form(PostForm), revision_note="note") | {"status"},
                "API": members(PostInput, PostChange) | lead,
                "import": {*WORDS, "card_image"}
                | renamed(
                    item, standing="status", date="published_at", updated="updated_at", lead="lead_image", canonical="canonical_url"
                ),
                "export": renamed(
                    written_keys("_post") | {"body"},
                    draft="status", date="published_at", lastmod="updated_at", image="lead_image", image_alt="lead_alt",
                    image_caption="lead_caption", comments="comments_open", translationKey="translation_key",
                ),
            },
        ),
        "Page": (
            columns(Page),
            {
                "desk": fields_of_form(PageForm) | {"is_public"},
                "API": members(PageInput, PageChange),
                "import": renamed(slots(Item), status="is_public", updated="updated_at"),
                "export": renamed(written_keys("_page") | {"body"}, draft="is_public", lastmod="updated_at"),
            },
        ),
        "Person": (
            columns(User),
            {
                "desk": fields_of_form(ProfileForm)
                | renamed(fields_of_form(ChangeEmailForm), email="email")
                | {"password_hash", "is_active", "role_id", "muted_emails"},
                "API": renamed(
                    members(ProfileChange) | members(AccountChange) | members(AccountInput), role="role_id", password="password_hash", emails="muted_emails",  # noqa: S106 (the name of a member)
                ),
                "CLI": commands(
                    username="create", email="create", password_hash="set-password", is_active="disable", role_id="set-role",  # noqa: S106 (the name of a command)
                ),
                # Whoever is imported is a byline.
                "import": person | {"is_byline"},
                "export": {"username"} | written_keys("_write_authors"),
            },
        ),
        "Tag": (
            columns(Tag),
            {
                "desk": fields_of_form(TagForm),
                "API": members(TagInput, TagChange),
                "import": slots(SiteTag),
                "export": written_keys("_write_tags"),
            },
        ),
        "Redirect": (
            columns(Redirect),
            {
                "desk": renamed(fields_of_form(RedirectForm), url="target_url"),
                "API": renamed(members(RedirectInput), url="target_url"),
                "CLI": renamed({str(param.name) for param in redirects_cli.add.params}, url="target_url"),
                "import": renamed(slots(SiteRedirect), url="target_url"),
                "export": renamed(written_keys("_write_redirects"), **{"from": "path", "to": "target_url"}),
            },
        ),
        "Settings": (
            [field.name for field in dataclasses.fields(Publication)],
            {"desk": fields_of_form(SettingsForm), "API": members(SettingsChange)},
        ),
    }  # fmt: skip


def page() -> str:
    """The whole page; ends the script where a gap has no reason, or a reason no gap."""
    problems: list[str] = []
    reasons: dict[str, int] = {}
    parts = [HEAD]
    for name, (fields, present) in doors().items():
        lines = [f"\n## {name}\n", f"| field | {' | '.join(DOORS)} |", f"|---|{'---|' * len(DOORS)}"]
        lines += [
            f"| `{field}` | {' | '.join(_cells(name, field, present, problems, reasons))} |"
            for field in fields
        ]
        problems += [f"{name}.{field} is no field." for field in GAPS[name].keys() - set(fields)]
        parts.append("\n".join(lines) + "\n")
    if problems:
        sys.exit("\n".join(problems))
    listed = "\n".join(f"{number}. {reason[0].upper()}{reason[1:]}." for reason, number in reasons.items())
    return "".join(parts) + f"\n## Reasons\n\n{listed}\n"


def _cells(
    name: str, field: str, present: dict[str, set[str]], problems: list[str], numbers: dict[str, int]
) -> list[str]:
    reasons = GAPS[name].get(field, {})
    cells = []
    for door in DOORS:
        is_there = field in present.get(door, set())
        reason = reasons.get(door, reasons.get("*"))
        if is_there and door in reasons:
            problems.append(f"{name}.{field} is set by {door}; its reason is out of date.")
        if not is_there and reason is None:
            problems.append(f"{name}.{field} is not set by {door}, and no reason is given.")
        number = 0 if is_there else numbers.setdefault(str(reason), len(numbers) + 1)
        cells.append("yes" if is_there else f"no ({number})")
    return cells


def main() -> None:
    """Write the page, or compare it."""
    text = page()
    if "--check" not in sys.argv:
        PAGE.write_text(text, encoding="utf-8")
    elif not PAGE.exists() or PAGE.read_text(encoding="utf-8") != text:
        sys.exit("docs/fields.md is not current. Run: python scripts/write_fields.py")


if __name__ == "__main__":
    main()
