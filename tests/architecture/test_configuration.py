"""Every setting is documented, with its default, and nothing is documented that does not exist."""

import re
from pathlib import Path

import pytest

from masthead.config import CONFIGS, Config
from tests.architecture.source import ROOT

PAGE = ROOT / "docs" / "configuration.md"
#: Read before the class of settings is chosen, so it is none of them.
CHOICE = "FLASK_CONFIG"
ROW = re.compile(r"^\| `([A-Z][A-Z0-9_]+)` \| ([^|]*) \|", re.MULTILINE)


def documented() -> dict[str, str]:
    """Each setting with what its row says is the default."""
    return {name: default.strip() for name, default in ROW.findall(PAGE.read_text(encoding="utf-8"))}


def test_every_setting_is_documented() -> None:
    known = {name for config in CONFIGS.values() for name in config.model_fields}
    assert known - documented().keys() == set()


def test_nothing_is_documented_that_is_not_a_setting() -> None:
    known = {name for config in CONFIGS.values() for name in config.model_fields}
    assert documented().keys() - known == {CHOICE}


@pytest.mark.parametrize("name", sorted(Config.model_fields))
def test_the_documented_default_is_the_real_one(name: str) -> None:
    default = Config.model_fields[name].get_default()
    shown = documented()[name]
    if isinstance(default, bool | int | float | str | Path) and str(default):
        assert shown == f"`{str(default).lower() if isinstance(default, bool) else default}`"
    elif isinstance(default, tuple) and default:
        assert shown == f"`{','.join(map(str, default))}`"
    else:
        assert shown.startswith(("none", "made", "empty", "derived")), shown


def test_the_example_file_names_settings_alone() -> None:
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    names = re.findall(r"^#?([A-Z][A-Z0-9_]+)=", text, re.MULTILINE)
    assert len(names) > 10
    assert set(names) - Config.model_fields.keys() == {CHOICE}
