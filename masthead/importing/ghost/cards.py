"""The cards of Ghost's editors, as HTML or Markdown: each keeps its meaning."""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any, Final

from masthead.importing.html.tree import parse
from masthead.importing.items import NoteCollector
from masthead.importing.texts.record import BodyPart

_WIDTHS: Final = {"wide": "kg-width-wide", "full": "kg-width-full"}
Payload = Mapping[str, Any]


@dataclass(slots=True)
class CardWriter:
    """Writes the cards of one text."""

    notes: NoteCollector
    visible: Counter[str] = field(default_factory=Counter)

    def part(self, name: str, payload: Payload) -> BodyPart:
        """A card as a part of the body."""
        name = name.removeprefix("card-").removeprefix("kg-")
        if name == "markdown":
            return BodyPart(_text(payload, "markdown"), is_markdown=True)
        writer = _WRITERS.get(name)
        if writer is not None:
            return BodyPart(writer(payload))
        if name in _LOST:
            self.notes.lost(f"card {name}", _LOST[name])
            return BodyPart("")
        if name in _PARTLY:
            self.notes.lost(f"card {name}", _PARTLY[name][0])
            return BodyPart(_PARTLY[name][1](payload))
        self.visible[f"card {name}"] += 1
        words = json.dumps(
            {key: value for key, value in payload.items() if key not in {"type", "version"}},
            ensure_ascii=False,
            default=str,
        )[:2_000]
        return BodyPart(f"<p><code>[{escape(name)} {escape(words)}]</code></p>")


def _text(payload: Payload, *names: str) -> str:
    for name in names:
        value = payload.get(name)
        if isinstance(value, str) and value.strip():
            return value
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
    return ""


def _caption(payload: Payload) -> str:
    words = _text(payload, "caption", "fileCaption")
    return f"<figcaption>{words}</figcaption>" if words else ""


def _link(address: str, label: str) -> str:
    if not address:
        return f"<p>{label}</p>" if label else ""
    return f'<p><a href="{escape(address)}">{label or escape(address)}</a></p>'


def _image_tag(payload: Payload) -> str:
    source = _text(payload, "src", "url")
    return f'<img src="{escape(source)}" alt="{escape(_text(payload, "alt"))}">' if source else ""


def _image(payload: Payload) -> str:
    image = _image_tag(payload)
    if not image:
        return ""
    address = _text(payload, "href")
    shown = f'<a href="{escape(address)}">{image}</a>' if address else image
    width = _WIDTHS.get(_text(payload, "cardWidth", "imageStyle"), "")
    return f'<figure class="{width}">{shown}{_caption(payload)}</figure>'


def _pictures(payload: Payload) -> str:
    images = [one for one in payload.get("images") or () if isinstance(one, dict)]
    figures = "".join(f"<figure>{_image_tag(one)}{_caption(one)}</figure>" for one in images)
    return f'<figure class="kg-gallery-card">{figures}{_caption(payload)}</figure>'


def _code(payload: Payload) -> str:
    language = _text(payload, "language")
    kind = f' class="language-{escape(language)}"' if language else ""
    caption = _text(payload, "caption")
    code = f"<pre><code{kind}>{escape(_text(payload, 'code'), quote=False)}</code></pre>"
    return code + (f"<p><em>{caption}</em></p>" if caption else "")


def _bookmark(payload: Payload) -> str:
    data = payload.get("metadata")
    data = {**payload, **data} if isinstance(data, dict) else payload
    address = _text(payload, "url") or _text(data, "url")
    title = escape(_text(data, "title"))
    described = [escape(_text(data, "description"))]
    described.append(
        " · ".join(escape(one) for one in (_text(data, "author"), _text(data, "publisher")) if one)
    )
    words = "".join(f"<p>{one}</p>" for one in described if one)
    caption = _text(payload, "caption")
    below = f"<p><em>{caption}</em></p>" if caption else ""
    return f"<blockquote>{_link(address, title)}{words}</blockquote>{below}" if title or address else ""


def _embed(payload: Payload) -> str:
    address = _text(payload, "url")
    caption = _text(payload, "caption")
    below = f"<p><em>{caption}</em></p>" if caption else ""
    return (_link(address, "") if address else _text(payload, "html")) + below


def _callout(payload: Payload) -> str:
    emoji, words = _text(payload, "calloutEmoji"), _text(payload, "calloutText")
    inside = parse(words)
    has_blocks = any(one.name == "p" for one in inside.elements())
    return (
        f"<blockquote>{f'<p>{emoji}</p>' if emoji else ''}{words}</blockquote>"
        if has_blocks
        else (f"<blockquote><p>{f'{emoji} {words}'.strip()}</p></blockquote>")
    )


def _toggle(payload: Payload) -> str:
    return f"<details><summary>{_text(payload, 'heading')}</summary>{_text(payload, 'content')}</details>"


def _recording(kind: str) -> Callable[[Payload], str]:
    def write(payload: Payload) -> str:
        source, title = _text(payload, "src"), _text(payload, "title", "fileName")
        named = f' title="{escape(title)}"' if title else ""
        player = f'<{kind} src="{escape(source)}"{named}></{kind}>' if source else ""
        caption = _text(payload, "caption")
        return player + (f"<p><em>{caption}</em></p>" if caption else "")

    return write


def _file(payload: Payload) -> str:
    label = escape(_text(payload, "fileTitle", "title", "fileName"))
    words = _text(payload, "fileCaption", "caption")
    return _link(_text(payload, "src"), label) + (f"<p>{words}</p>" if words else "")


def _product(payload: Payload) -> str:
    image = _text(payload, "productImageSrc")
    parts = [f'<p><img src="{escape(image)}" alt=""></p>' if image else ""]
    title = _text(payload, "productTitle")
    parts.append(f"<h4>{title}</h4>" if title else "")
    rating = _text(payload, "productStarRating")
    if payload.get("productRatingEnabled") and rating.isdecimal():
        parts.append(f"<p>{'★' * min(int(rating), 5)}</p>")
    parts.append(_text(payload, "productDescription"))
    if payload.get("productButtonEnabled", True):
        parts.append(_link(_text(payload, "productUrl"), escape(_text(payload, "productButton"))))
    return "".join(parts)


def _button(payload: Payload) -> str:
    return _link(_text(payload, "buttonUrl"), escape(_text(payload, "buttonText")))


def _header(payload: Payload) -> str:
    title, words = _text(payload, "header", "heading"), _text(payload, "subheader", "subheading")
    image = _text(payload, "backgroundImageSrc")
    button = _button(payload) if payload.get("buttonEnabled", True) and _text(payload, "buttonUrl") else ""
    picture = f'<p><img src="{escape(image)}" alt=""></p>' if image else ""
    return picture + (f"<h2>{title}</h2>" if title else "") + (f"<p>{words}</p>" if words else "") + button


def _call(payload: Payload) -> str:
    image = _text(payload, "imageUrl")
    picture = f'<p><img src="{escape(image)}" alt=""></p>' if image else ""
    button = _button(payload) if payload.get("showButton", True) else ""
    label = _text(payload, "sponsorLabel") if payload.get("hasSponsorLabel") else ""
    return picture + label + _text(payload, "textValue", "html") + button


def _sign_up(payload: Payload) -> str:
    return _header({**payload, "buttonEnabled": False}) + (
        f"<p>{_text(payload, 'disclaimer')}</p>" if _text(payload, "disclaimer") else ""
    )


_WRITERS: Final[Mapping[str, Callable[[Payload], str]]] = {
    "html": lambda payload: _text(payload, "html"),
    "image": _image,
    "gallery": _pictures,
    "hr": lambda _: "<hr>",
    "horizontalrule": lambda _: "<hr>",
    "code": _code,
    "codeblock": _code,
    "bookmark": _bookmark,
    "embed": _embed,
    "nft": _embed,
    "callout": _callout,
    "toggle": _toggle,
    "audio": _recording("audio"),
    "video": _recording("video"),
    "file": _file,
    "product": _product,
    "button": _button,
    "header": _header,
    "zwnj": lambda _: "",
    "soft-return": lambda _: "<br>",
}  # fmt: skip
_LOST: Final = {
    "email": "it stood only in emails",
    "email-cta": "it stood only in emails",
    "paywall": "the text below it was for members",
}
_PARTLY: Final[Mapping[str, tuple[str, Callable[[Payload], str]]]] = {
    "signup": ("its form; the words stay", _sign_up),
    "call-to-action": ("its look; the words stay", _call),
    "transistor": ("the player of another site", _embed),
}
