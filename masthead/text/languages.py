"""Language tags (BCP 47)."""

import re
from typing import Final

#: A primary language and its subtags, such as en, pt-BR or zh-Hans.
LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}\Z")
LANGUAGE_CHARACTERS: Final = 35
#: The identifier that all translations of a text share.
TRANSLATION_KEY_CHARACTERS: Final = 100


#: Languages written from right to left, by their codes without a region.
RIGHT_TO_LEFT = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})


def is_right_to_left(tag: str) -> bool:
    """Return whether the language is written from right to left."""
    return tag.partition("-")[0].lower() in RIGHT_TO_LEFT
