"""Characters that XML 1.0 allows."""

import re
from typing import Final

#: Every character outside of the production Char (XML 1.0, section 2.2); no escape makes these legal.
_ILLEGAL: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def legal(text: str) -> str:
    """Return the text without characters that XML forbids."""
    return _ILLEGAL.sub("", text)
