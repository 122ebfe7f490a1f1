"""Reading a page as a visitor does: its forms, links and texts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lxml import html

#: What a form field may be given in a test.
Value = str | bool | int | list[str]
UNSENT_TYPES = frozenset({"submit", "button", "reset", "image", "file"})


@dataclass(frozen=True)
class Form:
    """A form of a page, with the values that a browser would send if nothing were typed."""

    action: str
    method: str
    values: dict[str, list[str]]
    #: Fields by name; a check box has the value that it sends when it is on.
    fields: dict[str, str]
    buttons: list[tuple[str, str]] = field(default_factory=list)

    def has(self, names: Mapping[str, Value], button: str | None) -> bool:
        """Return True if the form has these fields and this button."""
        return names.keys() <= self.fields.keys() and (
            button is None or any(button == value for _, value in self.buttons)
        )

    def filled(self, typed: Mapping[str, Value], button: str | None) -> dict[str, list[str]]:
        """Return the data that a browser sends after this was typed and the button pressed."""
        sent = {name: list(values) for name, values in self.values.items()}
        for name, value in typed.items():
            if value is False:
                sent.pop(name, None)
            elif value is True:
                sent[name] = [self.fields[name]]
            else:
                sent[name] = value if isinstance(value, list) else [str(value)]
        sent |= {name: [value] for name, value in self.buttons if value == button and name}
        return sent


class Document:
    """A page that was answered."""

    def __init__(self, source: str | bytes) -> None:
        self.tree = html.document_fromstring(source)

    def all(self, xpath: str) -> list[Any]:
        """Every element, attribute or text that the XPath finds."""
        found: list[Any] = self.tree.xpath(xpath)
        return found

    def texts(self, xpath: str) -> list[str]:
        """The texts of every element that the XPath finds, with single spaces."""
        return [" ".join(element.text_content().split()) for element in self.all(xpath)]

    def text(self, xpath: str = "//body") -> str:
        """The text of the one element that the XPath finds."""
        texts = self.texts(xpath)
        assert len(texts) == 1, f"{xpath} finds {len(texts)} elements: {texts}"
        return texts[0]

    @property
    def title(self) -> str:
        """The title of the page."""
        return self.text("//head/title")

    @property
    def links(self) -> list[str]:
        """Where its links lead."""
        return [str(address) for address in self.all("//a/@href")]

    @property
    def errors(self) -> list[str]:
        """Return the messages beside invalid fields: the elements that describe them."""
        ids = " ".join(self.all("//*[@aria-invalid='true']/@aria-describedby")).split()
        return [
            text for name in ids for text in self.texts(f"//*[@id='{name}' and contains(@class, 'error')]")
        ]

    def error_of(self, name: str) -> str:
        """Return the message beside the field; empty if the field is valid."""
        ids = " ".join(self.all(f"//*[@name='{name}' and @aria-invalid='true']/@aria-describedby")).split()
        return " ".join(
            text
            for identity in ids
            for text in self.texts(f"//*[@id='{identity}' and contains(@class, 'error')]")
        )

    def value_of(self, name: str) -> str | None:
        """Return the value of the field."""
        return next((form.values[name][0] for form in self.forms if name in form.values), None)

    @property
    def forms(self) -> list[Form]:
        """Its forms."""
        return [_form(element) for element in self.all("//form")]

    def form(self, typed: Mapping[str, Value], button: str | None = None, action: str | None = None) -> Form:
        """The one form that has these fields, this button and this address."""
        found = [form for form in self.forms if form.has(typed, button) and action in {None, form.action}]
        if len(found) > 1:
            found = [form for form in found if form.method == "post"]
        described = "\n".join(
            f"  {form.method} {form.action}: {sorted(form.fields)} {form.buttons}" for form in self.forms
        )
        assert len(found) == 1, (
            f"{len(found)} forms have the fields {sorted(typed)}, button {button!r}, action {action!r}. The page has:\n{described}"
        )
        return found[0]


def _form(element: Any) -> Form:
    form = Form(element.get("action") or "", (element.get("method") or "get").lower(), {}, {})
    for control in element.xpath(".//input | .//textarea | .//select | .//button"):
        name, kind = control.get("name") or "", (control.get("type") or "").lower()
        if control.tag == "button" or kind in UNSENT_TYPES:
            form.buttons.append((name, control.get("value") or ""))
        elif name and control.get("disabled") is None:
            form.fields[name] = control.get("value") or "on"
            sent = _sent_by(control, kind)
            if sent is not None:
                form.values.setdefault(name, []).extend(sent)
    return form


def _sent_by(control: Any, kind: str) -> list[str] | None:
    """The values of a control that nobody has touched; None for a box that is off."""
    if control.tag == "textarea":
        # A browser leaves out the line break that follows the start tag.
        return [(control.text or "").removeprefix("\n")]
    if control.tag == "select":
        options = control.xpath(".//option")
        chosen = [option for option in options if option.get("selected") is not None]
        if not chosen and control.get("multiple") is None:
            chosen = options[:1]
        return [option.get("value", option.text or "") for option in chosen]
    if kind in {"checkbox", "radio"} and control.get("checked") is None:
        return None
    return [control.get("value") or ("on" if kind in {"checkbox", "radio"} else "")]
