"""Braces of template languages in exported texts: the generator that reads the folder must not run them.

Hugo looks for `{{<` and `{{%` everywhere, in code too, and stops at the first that is no shortcode. A shortcode of the
export puts the two braces there: Hugo fills those with a per cent sign in before it reads the Markdown, and does not look again.
"""

import re
from typing import Final

#: The path at which Hugo looks for the shortcode, and its content: a template that writes two braces.
SHORTCODE_FILE: Final = "layouts/shortcodes/two-braces.html"
SHORTCODE_TEMPLATE: Final = '{{"{{"}}'
CALL: Final = "{{% two-braces %}}"
#: Front matter by which Jekyll (since 4.0) and Eleventy leave the template tags of a text alone.
LEFT_ALONE: Final = {"render_with_liquid": False, "templateEngineOverride": "md"}

_SHORTCODE: Final = re.compile(r"\{\{(?=[<%])")
_LIQUID: Final = re.compile(r"\{[{%]")


def guarded(body: str) -> str:
    """Return the text for an export."""
    return _SHORTCODE.sub(CALL, body)


def restored(body: str) -> str:
    """Return the text of an export as written; the inverse of `guarded`."""
    return body.replace(CALL, "{{")


def has_tags(body: str) -> bool:
    """Return whether Jekyll or Eleventy would run a part of the text."""
    return _LIQUID.search(body) is not None
