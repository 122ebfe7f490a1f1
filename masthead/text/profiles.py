"""The two profiles of the parser and the sanitiser: a text's kind decides what it may contain."""

from enum import StrEnum


class SanitiserProfile(StrEnum):
    """An article may use everything that Masthead renders, a comment only what a conversation needs."""

    ARTICLE = "article"
    COMMENT = "comment"
