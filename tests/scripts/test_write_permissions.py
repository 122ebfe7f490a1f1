import subprocess
import sys

from sqlalchemy import select

from masthead.db import db
from masthead.people.models import Role
from masthead.people.permissions import DEFAULT_ROLES
from tests.support.commands import ROOT


def test_the_page_is_current():
    script = ROOT / "scripts" / "write_permissions.py"
    result = subprocess.run([sys.executable, str(script), "--check"], capture_output=True, encoding="utf-8")
    assert result.returncode == 0, result.stderr


def test_a_new_site_has_the_roles_that_the_page_shows(app):
    with app.app_context():
        stored = {role.name: (role.rank, set(role.permissions)) for role in db.session.scalars(select(Role))}
    assert stored == {role.name: (role.rank, set(role.permissions)) for role in DEFAULT_ROLES}
