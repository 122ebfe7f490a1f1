"""Features declare what they bring (`masthead.features`), and nothing comes by another way."""

import ast

import pytest

from masthead.app import FEATURES
from masthead.db import Base
from masthead.people.permissions import OPENS_ADMINISTRATION, Permission
from tests.architecture.source import PACKAGE, modules

#: Tables with a user's key whose rows no export shows, each with the reason.
NO_PERSONAL_DATA = {
    "account_closure": "Its one row is the account's own wish to be deleted, which ends with it.",
    "account_token": "A link that works once lives for hours, and its hash is a secret.",
    "idempotency_key": "The answer to a request, kept for a day for its sender.",
    "imported_author": "Which name in an old folder became this account; it is the folder's.",
    "requested_export": "Which export an administrator has asked for; the audit log has it as well.",
    "uploaded_export": "Which export an administrator has uploaded; the audit log has it as well.",
    "moderator_notice": "When a moderator was last told of waiting comments.",
    "recovery_code": "Hashes of secrets.",
}
FACTORY_MODULE_LINES = 60


def test_the_factory_is_a_list_of_features():
    assert len((PACKAGE / "app.py").read_text().splitlines()) <= FACTORY_MODULE_LINES
    declared = {path.parent.name for path in PACKAGE.glob("*/feature.py")}
    assert {feature.name for feature in FEATURES} == declared


def test_no_module_is_imported_for_what_its_import_does():
    hidden = [module.name for module in modules() if "registers itself" in module.text]
    assert hidden in ([], ["masthead.db"])


@pytest.mark.parametrize("attribute", ["blueprints", "api"])
def test_blueprints_are_made_in_views_admin_and_api(attribute):
    misplaced = [
        blueprint.import_name
        for feature in FEATURES
        for blueprint, _ in getattr(feature, attribute)
        if not {"views", "admin", "api"} & set(_words(blueprint.import_name))
    ]
    assert misplaced == []


def _words(module_name):
    """The folders and the parts of the name of a module: ``masthead.posts.api.people`` has the word ``api``."""
    return [word for part in module_name.split(".")[1:] for word in part.split("_")]


def test_each_permission_belongs_to_one_feature():
    claimed = [permission for feature in FEATURES for permission in feature.permissions]
    assert sorted(claimed) == sorted(Permission)


def test_each_item_of_the_administration_opens_it():
    items = [item for feature in FEATURES for item in feature.navigation if item.menu == "administration"]
    assert {item.permission for item in items} == set(OPENS_ADMINISTRATION)


def test_each_task_is_named_by_its_feature():
    declared = {module.__name__ for feature in FEATURES for module in feature.tasks}
    defining = {
        module.name
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.FunctionDef)
        for decorator in node.decorator_list
        if isinstance(decorator, ast.Call) and getattr(decorator.func, "id", "") in {"task", "periodic"}
    }
    # `masthead.search.tasks` is imported by the receivers that queue it.
    assert defining - {"masthead.search.tasks"} == declared


def test_each_table_with_a_users_key_is_exported_or_has_a_reason():
    with_users_key = {
        table.name
        for table in Base.metadata.tables.values()
        if any(key.column.table.name == "user" for column in table.columns for key in column.foreign_keys)
    }
    exported = {
        table for feature in FEATURES if feature.personal_data for table in feature.personal_data.tables
    }
    assert with_users_key - exported - NO_PERSONAL_DATA.keys() == set(), (
        "Name the table in the `personal_data` of its feature, or say in NO_PERSONAL_DATA why it has none."
    )
    assert NO_PERSONAL_DATA.keys() <= with_users_key - exported
