"""An application whose letters can be read."""

import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from flask import Flask

from masthead.jobs.runner import Runner

LINK = re.compile(r"https://news\.example\.org(/\S+)")


class Post:
    """An application that puts its letters into a folder."""

    def __init__(self, app: Flask, folder: Path) -> None:
        self.app = app
        self.folder = folder

    def letters(self) -> list[EmailMessage]:
        """Deliver what waits, and read everything that was sent so far."""
        Runner(self.app).run_due()
        paths = sorted(self.folder.glob("*.eml"))
        return [message_from_bytes(path.read_bytes(), policy=policy.default) for path in paths]

    def link(self) -> str:
        """The path of the link in the only letter."""
        (letter,) = self.letters()
        return link_in(letter)


def link_in(letter: EmailMessage) -> str:
    """The path of the link in a letter."""
    body = letter.get_body(("plain",))
    assert body is not None
    (path,) = LINK.findall(body.get_content())
    return str(path)
