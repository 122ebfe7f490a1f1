"""The HTML of stored pictures and players: sources for each screen, sizes, a blurred placeholder and the focal point."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html import escape, unescape
from typing import Final
from urllib.parse import urlsplit

from flask import current_app, g
from markupsafe import Markup

from masthead import pagecache
from masthead.media.cache_topics import MEDIA, MEDIUM
from masthead.media.display import ShownMedia, shown
from masthead.media.links import PREFIX, current_url
from masthead.media.models import FileKind, Media
from masthead.text import pictures
from masthead.web.middleware.static_files import asset_url

#: The width that a picture has on the page, by its place: what `sizes` tells browsers before there is a style sheet.
SIZES: Final = {
    "": "(min-width: 48em) 42rem, 100vw",
    "wide": "(min-width: 64em) 60rem, 100vw",
    "full": "100vw",
    "gallery": "(min-width: 48em) 24rem, 50vw",
    "card": "(min-width: 48em) 42rem, 100vw",
    "lead": "(min-width: 80em) 76rem, 100vw",
    "first": "(min-width: 64em) 40rem, 100vw",
    "story": "(min-width: 48em) 24rem, 100vw",
    "thumbnail": "12rem",
    "portrait": "3rem",
}
#: A smaller picture is there as soon as its placeholder would be.
PLACEHOLDER_FROM: Final = 320
#: The least width of a variant that is sharp in the library.
PREVIEW_WIDTH: Final = 320
_PIECE: Final = re.compile(r"<(img|a|/a|figure|/figure|/figcaption)(?=[\s>])((?:[^>\"]|\"[^\"]*\")*)>")
_ATTRIBUTE: Final = re.compile(r"\s([a-z-]+)=\"([^\"]*)\"")
_PLAYER: Final = re.compile(r"<(?:audio|video)(?=[\s>])(?:[^>\"]|\"[^\"]*\")*>")
_ADDRESSES: Final = re.compile(r"\s(src|poster)=\"([^\"]*)\"")
_PLACED: Final = ("gallery", "full", "wide")


@dataclass
class _Figure:
    """A figure that is open while a text is rewritten."""

    place: str = ""
    credits: list[str] = field(default_factory=list)
    has_caption: bool = False


def stored_address(address: str) -> str:
    """Return the address of a stored file below `/media/`, also for one with the address of this site before it."""
    if address.startswith(PREFIX):
        return address
    if pictures.is_external(address, current_app.config["SITE_URL"]):
        return ""
    try:
        path = urlsplit(address).path
    except ValueError:
        return ""
    return path if path.startswith(PREFIX) else ""


def addresses_in(clean_html: str) -> list[str]:
    """Return the addresses of the stored pictures and recordings that a text shows."""
    found = pictures.sources(clean_html)
    found += [unescape(one[2]) for tag in _PLAYER.findall(clean_html) for one in _ADDRESSES.finditer(tag)]
    return [address for address in map(stored_address, found) if address]


def with_media(clean_html: str, files: Mapping[str, ShownMedia]) -> str:
    """Return a text whose stored pictures and players have everything that a browser can use.

    Pictures of other sites become links.
    """
    html = pictures.for_page(clean_html, current_app.config["SITE_URL"], lambda _: {})
    if not files:
        return html
    return _PLAYER.sub(lambda tag: _player(tag[0], files), "".join(_rewritten(html, files)))


def picture(address: str | None, alt: str = "", place: str = "", *, is_first: bool = False) -> Markup:
    """Return the element of a picture outside of a text; nothing without one.

    ``is_first`` loads it at once, before other pictures.
    """
    if not address:
        return Markup()
    loading = {"fetchpriority": "high"} if is_first else {"loading": "lazy"}
    attributes = {"src": address, "alt": alt, "decoding": "async", **loading}
    file = _looked_up(address)
    if file is None:
        return Markup(_tag("img", attributes))  # noqa: S704 (every value is escaped)
    element = _element(attributes, file, place)
    # Few pictures have a focal point, so pages load the rules for it where they need them.
    styles = focus_styles(element)
    return styles + Markup(element)  # noqa: S704 (every value is escaped)


def focus_styles(html: str) -> Markup:
    """Return the link to the style sheet that keeps focal points in sight, for HTML with one."""
    if " data-focus-x=" not in html:
        return Markup()
    return Markup('<link rel="stylesheet" href="{}">').format(asset_url("css/focus.css"))


def prefetch(addresses: Iterable[str | None]) -> None:
    """Load the rows of the pictures that this request will show, in one go."""
    known: dict[str, ShownMedia | None] = g.setdefault("shown_media", {})
    stored = {stored_address(address) for address in addresses if address} - {"", *known}
    found = shown(stored) if stored else {}
    known.update({address: found.get(address) for address in stored})


@dataclass(frozen=True, slots=True)
class CardPicture:
    """The picture of a card on other sites; its size is 0 where it is not known."""

    url: str
    width: int = 0
    height: int = 0


def card_picture(address: str | None) -> CardPicture | None:
    """Return the part of a picture around its focal point that a card shows; the whole picture if there is none."""
    if not address:
        return None
    file = _looked_up(address)
    if file is None:
        return CardPicture(address)
    return (
        CardPicture(file.card.url, file.card.width, file.card.height)
        if file.card
        else CardPicture(file.url, file.width, file.height)
    )


def portrait(address: str) -> Markup:
    """Return the portrait of a person, round and small."""
    attributes = {"class": "portrait", "src": address, "alt": "", "width": "48", "height": "48"}
    attributes |= {"loading": "lazy", "decoding": "async"}
    file = _looked_up(address)
    element = (
        _element(attributes, file, "portrait", has_placeholder=False) if file else _tag("img", attributes)
    )
    return focus_styles(element) + Markup(element)  # noqa: S704 (every value is escaped)


def file_url(address: str) -> str:
    """Return the URL of the present file at an address; the address itself for one without a file."""
    file = _looked_up(address)
    return file.url if file is not None else address


def _looked_up(address: str) -> ShownMedia | None:
    prefetch([address])
    file: ShownMedia | None = g.shown_media.get(stored_address(address))
    # A part of the page that is kept by itself depends on the picture, whoever has loaded it.
    pagecache.depends_on(MEDIUM(file.id) if file else MEDIA)
    return file


def preview(media: Media) -> Markup:
    """Return a small picture of a file for the library; nothing for a file that is no picture."""
    if media.kind != FileKind.IMAGE:
        return Markup()
    small = [one for one in media.sizes if one.width >= PREVIEW_WIDTH]
    chosen = min(small, key=lambda one: (one.width, one.size), default=None)
    url = PREFIX + chosen.path if chosen else current_url(media)
    size = chosen or media
    attributes = {"src": url, "alt": "", "loading": "lazy", "decoding": "async"}
    attributes |= {"width": str(size.width), "height": str(size.height)}
    return Markup(_tag("img", attributes | _focus(media.focal_x, media.focal_y)))  # noqa: S704 (every value is escaped)


def _rewritten(html: str, files: Mapping[str, ShownMedia]) -> Iterable[str]:
    figures: list[_Figure] = []
    end, is_in_link = 0, False
    for piece in _PIECE.finditer(html):
        yield html[end : piece.start()]
        end = piece.end()
        figure = figures[-1] if figures else None
        if piece[1] == "img":
            yield _image(piece[0], files, figures, is_in_link=is_in_link)
            continue
        if piece[1] == "figure":
            figures.append(_opened(piece[2], figure))
        elif piece[1] == "/figcaption" and figure:
            figure.has_caption = True
            yield _credit_of(figure)
        elif piece[1] == "/figure" and figure:
            words = "" if figure.has_caption else _credit_of(figure)
            yield f"<figcaption>{words.strip()}</figcaption>" if words else ""
            figures.pop()
        else:
            is_in_link = piece[1] == "a"
        yield piece[0]
    yield html[end:]


def _opened(attributes: str, around: _Figure | None) -> _Figure:
    names = dict(_ATTRIBUTE.findall(attributes)).get("class", "").split()
    chosen = next((name for name in _PLACED if name in names), "")
    return _Figure(chosen or (around.place if around else ""))


def _credit_of(figure: _Figure) -> str:
    """Return the credits of the pictures in a figure, each once, and forget them."""
    words = "; ".join(dict.fromkeys(figure.credits))
    figure.credits.clear()
    return f' <span class="credit" dir="auto">{escape(words)}</span>' if words else ""


def _image(tag: str, files: Mapping[str, ShownMedia], figures: list[_Figure], *, is_in_link: bool) -> str:
    attributes = {name: unescape(value) for name, value in _ATTRIBUTE.findall(tag)}
    file = files.get(stored_address(attributes.get("src", "")))
    if file is None:
        return tag
    if not figures:
        return _element(attributes, file, "card" if attributes.get("class") else "", has_placeholder=False)
    place = figures[-1].place
    figures[-1].credits += [", ".join(filter(None, (file.credit, file.licence)))] * bool(
        file.credit or file.licence
    )
    element = _element(attributes, file, place)
    if place != "gallery" or is_in_link:
        return element
    label = "" if attributes.get("alt") else ' aria-label="Enlarge picture"'
    return f'<a href="{escape(file.url)}"{label}>{element}</a>'


def _element(
    attributes: dict[str, str], file: ShownMedia, place: str, *, has_placeholder: bool = True
) -> str:
    """Return the `picture` with its sources, and the placeholder below it."""
    sizes = SIZES[place]
    given = attributes | {"src": file.url}
    if file.width and file.height and not {"width", "height"} & attributes.keys():
        given |= {"width": str(file.width), "height": str(file.height)}
    if candidates := file.srcset(file.media_type):
        given |= {"srcset": candidates, "sizes": sizes}
    given |= _focus(file.focal_x, file.focal_y)
    sources = "".join(
        _tag("source", {"type": name, "srcset": candidates, "sizes": sizes})
        for name, candidates in file.sources
    )
    image = _tag("img", given)
    element = f"<picture>{sources}{image}</picture>" if sources else image
    if not has_placeholder or not file.placeholder or file.width < PLACEHOLDER_FROM:
        return element
    # A drawing, because the policy of pages allows no inline style, and readers and programs count images.
    blurred = _tag(
        "image",
        {
            "href": file.placeholder,
            "width": "100%",
            "height": "100%",
            "preserveAspectRatio": "xMidYMid slice",
        },
    )
    return f'<span class="pictured"><svg aria-hidden="true">{blurred}</image></svg>{element}</span>'


def _focus(x: float, y: float) -> dict[str, str]:
    """Return the attributes by which the style sheet keeps the focal point in sight; none for the middle."""
    if (x, y) == (0.5, 0.5):
        return {}
    return {"data-focus-x": str(round(x * 10)), "data-focus-y": str(round(y * 10))}


def _player(tag: str, files: Mapping[str, ShownMedia]) -> str:
    """Return the start tag of a player with the present URLs of its files, and the shape of its poster."""

    def present(match: re.Match[str]) -> str:
        file = files.get(stored_address(unescape(match[2])))
        return f' {match[1]}="{escape(file.url)}"' if file else match[0]

    poster = next((one[2] for one in _ADDRESSES.finditer(tag) if one[1] == "poster"), "")
    shape = files.get(stored_address(unescape(poster)))
    with_urls = _ADDRESSES.sub(present, tag)
    if shape is None or " width=" in tag or not shape.width:
        return with_urls
    return f'{with_urls[:-1]} width="{shape.width}" height="{shape.height}">'


def _tag(name: str, attributes: Mapping[str, str]) -> str:
    written = "".join(f' {key}="{escape(value)}"' for key, value in attributes.items())
    return f"<{name}{written}>"
