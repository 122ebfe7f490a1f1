"""Stands for the script of an editor page, without a browser."""

from typing import Any

from werkzeug.test import TestResponse

from tests.support.visitors import Visitor


class Editor:
    """An open editor that autosaves, naming the version that it was given last."""

    def __init__(self, visitor: Visitor, post_id: int, client: str = "tab-1") -> None:
        self.visitor, self.post_id, self.client, self.sequence = visitor, post_id, client, 0
        self.url = f"/blog/edit/{post_id}/working-copy"
        shown = self.shown()
        self.version, self.token = shown["version"], shown["csrf_token"]

    def send(self, **fields: Any) -> TestResponse:
        """Autosave these fields, and take the answer's version over."""
        self.sequence += 1
        answer = self.put({**fields, "sequence": self.sequence})
        if answer.status_code == 200:
            self.version = answer.get_json()["version"]
        return answer

    def put(self, body: dict[str, Any]) -> TestResponse:
        """Send an autosave."""
        sent = {"base_version": self.version, "client": self.client, **body}
        return self.visitor.put(self.url, json=sent, headers={"X-CSRF-Token": self.token})

    def shown(self) -> dict[str, Any]:
        """Return the state that the page would show now."""
        shown: dict[str, Any] = self.visitor.get(self.url).get_json()
        return shown
