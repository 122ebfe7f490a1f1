"""Who wrote a text decides what it may contain: the two profiles that the parser and the sanitiser share."""

from enum import StrEnum


class SanitiserProfile(StrEnum):
    """An article may use everything Masthead can set; a comment only what belongs in a conversation."""

    ARTICLE = "article"
    COMMENT = "comment"
