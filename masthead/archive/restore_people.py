"""Restores settings, roles, accounts and tags. What is here already stays as it is."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from masthead.archive import parsing, tables
from masthead.archive.records import in_batches
from masthead.archive.restore_run import RestoreRun
from masthead.db import db, insert_unique
from masthead.people import queries as people
from masthead.people.models import AccountClosure, Role, User
from masthead.people.permissions import ADMINISTRATOR, BUILT_IN
from masthead.presets.models import PostTemplate, Snippet
from masthead.settings import actions as settings
from masthead.tags.models import Tag
from masthead.text.names import lookalike_key, name_key

ACCOUNTS_AT_ONCE = 200


def restore_settings(run: RestoreRun) -> None:
    """Take the settings of the archive over, if there was nothing here; otherwise the present ones stay."""
    if not run.is_into_empty:
        return
    for key, value in parsing.settings(run.archive.json("settings.json")).items():
        settings.put(key, value)


def restore_roles(run: RestoreRun) -> None:
    """Add the roles that are missing; those of every site are changed only where there was nothing else."""
    present = {role.name: role for role in db.session.scalars(select(Role))}
    for fields in run.archive.json("roles.json"):
        found = parsing.role(fields, "roles.json", run.index)
        role = present.get(found["name"])
        if role is None:
            role = Role(**found)
            db.session.add(role)
            run.written["roles"] += 1
        elif run.is_into_empty and role.name != ADMINISTRATOR:
            role.title, role.permissions = found["title"], found["permissions"]
            role.requires_second_factor = found["requires_second_factor"]
            role.rank = role.rank if role.name in BUILT_IN else found["rank"]
        db.session.flush()
        run.roles[role.name] = role.id


def restore_accounts(run: RestoreRun) -> None:
    """Add the accounts that are missing. Equal user names, or email addresses, are the same person."""
    for batch in in_batches(run.archive.lines("accounts.jsonl"), ACCOUNTS_AT_ONCE):
        for number, fields in batch:
            if fields.get("closure") is None:
                _account(fields, f"accounts.jsonl, line {number}", run)
        db.session.commit()
        db.session.expunge_all()
    _restore_closing_accounts(run)


def _restore_closing_accounts(run: RestoreRun) -> None:
    """Add accounts that somebody has asked to delete, with their closures. Closures of accounts here already stay out.

    It is one transaction, so an import that was interrupted leaves no such account without its closure.
    """
    closures = []
    for number, fields in run.archive.lines("accounts.jsonl"):
        closure, place = fields.get("closure"), f"accounts.jsonl, line {number}"
        if closure is not None and _account(fields, place, run):
            closures.append((run.users[fields["username"]], closure, place))
    for user_id, closure, place in closures:
        found = parsing.parse(tables.CLOSURES, closure, place)
        heir = closure.get("heir")
        heir_id = None if heir is None else run.users.get(str(heir))
        db.session.add(AccountClosure(**found, user_id=user_id, heir_id=heir_id))
    db.session.commit()
    db.session.expunge_all()


def _account(fields: dict[str, Any], place: str, run: RestoreRun) -> bool:
    """Find or add an account; True if it is new."""
    found = parsing.account(fields, place, run.index)
    username, email = found["username"], found["email"]
    keys = {"username_key": name_key(username), "email_key": people.email_key(email) if email else None}
    present = _present(username, keys, run)
    if present is not None:
        run.users[username] = present.id
        return False
    lookalike = lookalike_key(username)
    is_taken = db.session.scalar(select(User.id).where(User.username_lookalike == lookalike)) is not None
    role_id = run.roles[str(fields["role"])]
    user = User(**found, **keys, role_id=role_id, username_lookalike=None if is_taken else lookalike)
    db.session.add(user)
    db.session.flush()
    run.users[username] = user.id
    run.written["accounts"] += 1
    return True


def _present(username: str, keys: Mapping[str, str | None], run: RestoreRun) -> User | None:
    present = db.session.scalar(select(User).where(User.username_key == keys["username_key"]))
    if present is None and keys["email_key"] is not None:
        present = db.session.scalar(select(User).where(User.email_key == keys["email_key"]))
        if present is not None:
            run.problems.append(
                f"{username} has the email address of {present.username} here, and is the same person."
            )
    return present


def restore_presets(run: RestoreRun) -> None:
    """Add the post templates and snippets that are missing."""
    for number, fields in run.archive.lines("presets.jsonl"):
        place = f"presets.jsonl, line {number}"
        table = parsing.preset_table(fields, place)
        model = PostTemplate if table is tables.POST_TEMPLATES else Snippet
        found = parsing.parse(table, fields, place)
        run.written["presets"] += insert_unique(model, model.key, name_key(found["name"]), **found)
    db.session.commit()


def restore_tags(run: RestoreRun) -> None:
    """Add the tags that are missing; one with an equal name or slug is the same."""
    for batch in in_batches(run.archive.json("tags.json"), ACCOUNTS_AT_ONCE):
        for fields in batch:
            found = parsing.parse(tables.TAGS, fields, "tags.json")
            key = name_key(found["name"])
            same = (
                select(Tag)
                .where((Tag.slug == found["slug"]) | (Tag.key == key))
                .order_by(Tag.slug != found["slug"])
            )
            tag = db.session.scalars(same).first()
            if tag is None:
                tag = Tag(**found, key=key)
                db.session.add(tag)
                db.session.flush()
                run.written["tags"] += 1
            run.tags[found["slug"]] = tag.id
        db.session.commit()
        db.session.expunge_all()
