"""Tags of languages (BCP 47)."""

import re
from typing import Final

#: A primary language and its subtags, such as en, pt-BR or zh-Hans.
LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}\Z")
LANGUAGE_CHARACTERS: Final = 35
#: Of what all translations of a text have alike.
TRANSLATION_KEY_CHARACTERS: Final = 100


#: Languages that are written from right to left, by their codes without a region.
RIGHT_TO_LEFT = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})


def is_right_to_left(tag: str) -> bool:
    """Say whether texts in this language run from right to left."""
    return tag.partition("-")[0].lower() in RIGHT_TO_LEFT
