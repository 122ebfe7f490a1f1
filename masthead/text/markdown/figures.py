"""Pictures, galleries and players: what stands alone in its paragraph becomes a figure, and a title its caption."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from masthead.text.markdown.headings import spoken
from masthead.text.markdown.media_attributes import attributes_of
from masthead.text.media_kinds import MediaElement, kind_of, path_of

_PLAYERS: Final = frozenset({MediaElement.AUDIO, MediaElement.VIDEO})
_FRAMED: Final = _PLAYERS | {MediaElement.PICTURE}
_SPACES: Final = frozenset({"softbreak", "hardbreak"})


@dataclass(frozen=True, slots=True)
class Piece:
    """A picture or player of a paragraph, with the tokens of a link around it."""

    image: Token
    tokens: tuple[Token, ...]

    @property
    def kind(self) -> MediaElement:
        """The kind of its file."""
        return kind_of(str(self.image.attrs.get("src", "")))


def figures(md: MarkdownIt) -> None:
    """Install the rule: media alone in their paragraph become a figure, several pictures a gallery.

    It needs `media_attributes`.
    """
    md.core.ruler.push("figures", _frame)
    md.add_render_rule("image", _media)


def _frame(state: StateCore) -> None:
    for index, token in enumerate(state.tokens):
        if token.type != "inline" or state.tokens[index - 1].type != "paragraph_open":
            continue
        opening, closing = state.tokens[index - 1], state.tokens[index + 1]
        pieces = None if opening.hidden else _pieces(token.children or [])
        if not pieces or not all(piece.kind in _FRAMED for piece in pieces):
            continue
        if len(pieces) == 1:
            opening.tag = closing.tag = "figure"
            _set_classes(opening, pieces)
            token.children = _framed(pieces[0])
        else:
            _frame_several(opening, closing, pieces)
            token.children = [part for piece in pieces for part in _as_figure(piece)]


def _frame_several(opening: Token, closing: Token, pieces: Sequence[Piece]) -> None:
    if any(piece.kind in _PLAYERS for piece in pieces):
        opening.tag = closing.tag = "div"
        return
    opening.tag = closing.tag = "figure"
    _set_classes(opening, pieces, "gallery")


def _set_classes(opening: Token, pieces: Sequence[Piece], *names: str) -> None:
    chosen = [name for piece in pieces for name in attributes_of(piece.image).classes]
    if names or chosen:
        opening.attrSet("class", " ".join(dict.fromkeys([*names, *chosen])))


def _pieces(children: Sequence[Token]) -> list[Piece] | None:
    """Return the media of a paragraph; None if there is anything else in it."""
    pieces: list[Piece] = []
    index = 0
    while index < len(children):
        token = children[index]
        if token.type in _SPACES or (token.type == "text" and not token.content.strip()):
            index += 1
        elif token.type == "image":
            pieces.append(Piece(token, (token,)))
            index += 1
        elif [part.type for part in children[index : index + 3]] == ["link_open", "image", "link_close"]:
            pieces.append(Piece(children[index + 1], tuple(children[index : index + 3])))
            index += 3
        else:
            return None
    return pieces


def _as_figure(piece: Piece) -> list[Token]:
    return [Token("figure_open", "figure", 1), *_framed(piece), Token("figure_close", "figure", -1)]


def _framed(piece: Piece) -> list[Token]:
    """Return the content of a figure: the picture or player, and its caption."""
    # A player cannot stand in a link.
    tokens = [piece.image] if piece.kind in _PLAYERS else list(piece.tokens)
    caption = str(piece.image.attrs.pop("title", ""))
    transcript = attributes_of(piece.image).address("transcript") if piece.kind in _PLAYERS else ""
    if not caption and not transcript:
        return tokens
    words = [Token("text", "", 0, content=caption + " " * bool(caption and transcript))]
    if transcript:
        words += [
            Token("link_open", "a", 1, attrs={"href": transcript}),
            Token("text", "", 0, content="Transcript"),
            Token("link_close", "a", -1),
        ]
    return [
        *tokens,
        Token("figcaption_open", "figcaption", 1),
        *words,
        Token("figcaption_close", "figcaption", -1),
    ]


def _media(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    """Render the element for the kind of the file. Browsers decode images asynchronously."""
    token = tokens[index]
    kind = kind_of(str(token.attrs.get("src", "")))
    if kind in _PLAYERS:
        return _player(token, kind)
    if kind is not MediaElement.PICTURE:
        return _link(token)
    token.attrSet("loading", "lazy")
    token.attrSet("decoding", "async")
    return renderer.image(tokens, index, options, env)


def _player(token: Token, kind: MediaElement) -> str:
    attributes = attributes_of(token)
    label = spoken(token.children).strip()
    given = {"src": str(token.attrs.get("src", "")), "preload": "metadata", "aria-label": label}
    if kind is MediaElement.VIDEO:
        given["poster"] = attributes.address("poster")
    tracks = "".join(
        _track(attributes.address(key), key.partition("-")[2])
        for key in attributes.values
        if _is_captions(key)
    )
    name = kind.value
    return f'<{name} controls=""{_attributes(given)}>{tracks}{_link(token)}</{name}>'


def _is_captions(key: str) -> bool:
    return key == "captions" or key.startswith("captions-")


def _track(address: str, language: str) -> str:
    given = {"kind": "captions", "src": address, "srclang": language, "label": language or "Captions"}
    return f"<track{_attributes(given)}>" if address else ""


def _link(token: Token) -> str:
    """Return a link to the file, which programs show that have no player."""
    address = str(token.attrs.get("src", ""))
    return f'<a href="{escapeHtml(address)}">{escapeHtml(words_for(token, address))}</a>'


def words_for(token: Token, address: str) -> str:
    """Return the alternative text of media, or else the name of the file."""
    name = unquote(path_of(address).rpartition("/")[2], errors="replace")
    return spoken(token.children).strip() or name or address


def _attributes(given: dict[str, str]) -> str:
    return "".join(f' {name}="{escapeHtml(value)}"' for name, value in given.items() if value)
