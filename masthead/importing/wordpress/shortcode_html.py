"""Writes WordPress's own shortcodes, and a few that many sites have, as HTML."""

import re
from collections.abc import Callable, Sequence
from html import escape, unescape
from typing import Any, Final

from masthead.importing.items import NoteCollector
from masthead.importing.wordpress import shortcodes
from masthead.importing.wordpress.shortcodes import Shortcode
from masthead.importing.wordpress.spool import Spool

_CODE: Final = ("sourcecode", "code")
_LINKED: Final = (
    "youtube", "vimeo", "dailymotion", "soundcloud", "tweet", "instagram", "gist", "ted", "spotify", "googlevideo", "slideshare",
    "video-link", "flickr", "facebook",
)  # fmt: skip
_MEDIA: Final = ("src", "mp3", "m4a", "ogg", "wav", "wma", "flac", "mp4", "m4v", "webm", "ogv", "flv", "wmv")
_KNOWN: Final = ("caption", "wp_caption", "gallery", "audio", "video", "embed", "playlist", *_CODE, *_LINKED)
_PICTURE: Final = re.compile(r"(?:<a\b[^>]*>\s*)?<img\b[^>]*>(?:\s*</a>)?", re.IGNORECASE)
_ALIGN: Final = re.compile(r"align(?:left|right|center|none)")
_HTML_CODE: Final = re.compile(r"<(pre|code)\b[^>]*>.*?</\1\s*>", re.DOTALL | re.IGNORECASE)
_PLACE: Final = re.compile("\x03(\\d+)\x03")


class ShortcodeWriter:
    """Writes the shortcodes of one text."""

    def __init__(self, spool: Spool, post_id: str, notes: NoteCollector) -> None:
        self._spool = spool
        self._post_id = post_id
        self._notes = notes

    def html(self, text: str) -> str:
        """The text with its shortcodes as HTML; unknown ones stay."""
        if "[" not in text:
            return text
        kept: list[str] = []

        def keep(html: str) -> str:
            kept.append(html)
            return f"\x03{len(kept) - 1}\x03"

        # Examples in code stay as they are; code in shortcodes is kept from every other rule.
        text = shortcodes.replaced(text.replace("\x03", ""), _CODE, lambda code: keep(_source_code(code)))
        text = _HTML_CODE.sub(lambda match: keep(match[0]), text)
        text = shortcodes.replaced(text, _KNOWN, self._written)
        return _PLACE.sub(lambda match: kept[int(match[1])], text)

    def _written(self, code: Shortcode) -> str:
        writers: dict[str, Callable[[Shortcode], str]] = {
            "caption": self._caption,
            "wp_caption": self._caption,
            "gallery": self._several_pictures,
            "playlist": self._playlist,
            "audio": self._player,
            "video": self._player,
        }
        return writers.get(code.name, self._embedded)(code)

    def _caption(self, code: Shortcode) -> str:
        content = code.content or ""
        picture = _PICTURE.search(content)
        if picture is None:
            return content or code.written
        words = code.get("caption") or (content[: picture.start()] + content[picture.end() :]).strip()
        align = _ALIGN.search(code.get("align"))
        side = f' class="{align[0]}"' if align else ""
        words = self.html(words) if "[" in words else words
        words = " ".join(words.split("\n"))
        return f"\n\n<figure{side}>{picture[0]}<figcaption>{words}</figcaption></figure>\n\n"

    def _attached(self, code: Shortcode, kind: str) -> list[dict[str, Any]]:
        """The attachments that a gallery or playlist shows, in its order."""
        named = code.get("ids", "include")
        if named:
            numbers = [one for one in re.split(r"[\s,]+", named) if one]
            found = [self._spool.by_post_id(number) for number in numbers]
            missing = [number for number, one in zip(numbers, found, strict=True) if one is None]
            if missing:
                self._notes.lost(
                    "gallery",
                    f"attachments {', '.join(missing)[:200]} are not in the export",
                    count=len(missing),
                )
            return [one for one in found if one is not None]
        excluded = set(re.split(r"[\s,]+", code.get("exclude")))
        children = self._spool.children(code.get("id") or self._post_id, "attachment")
        fitting = [
            one for one in children if one["id"] not in excluded and _kind_of(one["attachment_url"]) == kind
        ]
        return sorted(
            fitting, key=lambda one: int(one["order"]) if one["order"].lstrip("-").isdecimal() else 0
        )

    def _several_pictures(self, code: Shortcode) -> str:
        figures = [_figure(one) for one in self._attached(code, "image") if one["attachment_url"]]
        if not figures:
            self._notes.lost("gallery", "it shows no picture of the export")
        return f'\n\n<figure class="wp-block-gallery">{"".join(figures)}</figure>\n\n' if figures else ""

    def _playlist(self, code: Shortcode) -> str:
        kind = "video" if code.get("type") == "video" else "audio"
        links = [_file_link(one["attachment_url"], one["title"]) for one in self._attached(code, kind)]
        if not links:
            self._notes.lost("playlist", "it has no file of the export")
            return ""
        self._notes.changed("playlist", "its files are links now")
        return "\n\n<ul>" + "".join(f"<li>{link}</li>" for link in links) + "</ul>\n\n"

    def _player(self, code: Shortcode) -> str:
        address = code.get(*_MEDIA) or (code.get("0") if code.get("0").startswith("http") else "")
        title = ""
        if not address:
            first = next(iter(self._attached(code, code.name)), None)
            address, title = (first["attachment_url"], first["title"]) if first else ("", "")
        if not address:
            self._notes.lost(code.name, "it names no file")
            return code.content or ""
        self._notes.changed(code.name, f"a link to {address[:300]} now")
        return f"\n\n<p>{_file_link(address, title)}</p>\n\n{code.content or ''}"

    def _embedded(self, code: Shortcode) -> str:
        address = (code.content or code.get("url", "src", "href", "0") or "").strip()
        address = unescape(re.sub(r"<[^>]*>", "", address)).lstrip("=").strip("\"'")
        if not address.startswith(("http://", "https://")):
            return code.written
        self._notes.changed("embed", f"a link to {address[:300]} now")
        return f'\n\n<p><a href="{escape(address)}">{escape(address)}</a></p>\n\n'


def _source_code(code: Shortcode) -> str:
    if code.content is None:
        return code.written
    language = code.get("language", "lang", "0")
    kind = f' class="language-{escape(language)}"' if re.fullmatch(r"[\w+#-]{1,30}", language) else ""
    # The editor stores the code with entities, or as it was typed.
    return f"\n\n<pre><code{kind}>{escape(unescape(code.content), quote=False)}</code></pre>\n\n"


def _figure(attached: dict[str, Any]) -> str:
    alt = dict(attached["meta"]).get("_wp_attachment_image_alt", "")
    caption = attached["excerpt"]
    words = f"<figcaption>{caption}</figcaption>" if caption else ""
    return f'<figure><img src="{escape(attached["attachment_url"])}" alt="{escape(alt)}">{words}</figure>'


def _file_link(address: str, title: str) -> str:
    label = title or unescape(address.rpartition("/")[2]) or address
    return f'<a href="{escape(address)}">{escape(label)}</a>'


def _kind_of(address: str) -> str:
    ending = address.lower().rpartition(".")[2]
    kinds: Sequence[tuple[str, str]] = (
        ("image", "jpg jpeg jpe png gif webp avif svg bmp"),
        ("audio", "mp3 m4a ogg oga wav wma flac aac"),
        ("video", "mp4 m4v webm ogv mov wmv avi flv mpg"),
    )
    return next((kind for kind, endings in kinds if ending in endings.split()), "")
