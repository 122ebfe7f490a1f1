"""Players of other sites, by the address of a page there. Nothing is loaded from them before a reader asks."""

import re
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import parse_qs, quote, urlencode, urlsplit

Shape = Literal["video", "song", "list"]


@dataclass(frozen=True, slots=True)
class Player:
    """A player: its provider, the URL of its frame, and its shape."""

    provider: str
    url: str
    shape: Shape
    #: The URL that describes the page as JSON; empty if only its own HTML does.
    oembed: str = ""


@dataclass(frozen=True, slots=True)
class _Provider:
    """A pattern of host and path, and templates of URLs with its named groups."""

    name: str
    page: re.Pattern[str]
    frame: str
    shape: Shape = "video"
    oembed: str = ""


#: `{page}` is the address of the page, percent-encoded.
_PROVIDERS: Final = (
    _Provider(
        "YouTube",
        re.compile(r"(?:www\.|m\.|music\.)?youtube(?:-nocookie)?\.com/(?:shorts/|live/|embed/|v/)(?P<id>[\w-]{11})(?:/|$)"),
        "https://www.youtube-nocookie.com/embed/{id}?autoplay=1&rel=0{start}",
        oembed="https://www.youtube.com/oembed?format=json&url={page}",
    ),
    _Provider(
        "YouTube",
        re.compile(r"youtu\.be/(?P<id>[\w-]{11})/?$"),
        "https://www.youtube-nocookie.com/embed/{id}?autoplay=1&rel=0{start}",
        oembed="https://www.youtube.com/oembed?format=json&url={page}",
    ),
    _Provider(
        "Vimeo",
        re.compile(r"(?:www\.)?vimeo\.com/(?:channels/[\w-]+/)?(?P<id>\d{4,12})(?:/(?P<hash>[0-9a-f]{6,20}))?/?$"),
        "https://player.vimeo.com/video/{id}?autoplay=1&dnt=1{hash}",
        oembed="https://vimeo.com/api/oembed.json?url={page}",
    ),
    _Provider(
        "Dailymotion",
        re.compile(r"(?:www\.)?dailymotion\.com/video/(?P<id>[a-zA-Z0-9]{5,12})/?$"),
        "https://geo.dailymotion.com/player.html?video={id}",
        oembed="https://www.dailymotion.com/services/oembed?format=json&url={page}",
    ),
    _Provider(
        "Dailymotion",
        re.compile(r"dai\.ly/(?P<id>[a-zA-Z0-9]{5,12})/?$"),
        "https://geo.dailymotion.com/player.html?video={id}",
        oembed="https://www.dailymotion.com/services/oembed?format=json&url={page}",
    ),
    _Provider(
        "TED",
        re.compile(r"(?:www\.)?ted\.com/talks/(?P<id>[a-z0-9_]{3,200})/?$"),
        "https://embed.ted.com/talks/{id}",
        oembed="https://www.ted.com/services/v1/oembed.json?url={page}",
    ),
    _Provider(
        "Internet Archive",
        re.compile(r"(?:www\.)?archive\.org/details/(?P<id>[\w.-]{3,100})/?$"),
        "https://archive.org/embed/{id}",
    ),
    _Provider(
        "Spotify",
        re.compile(r"open\.spotify\.com/(?:intl-[a-z]{2}/)?(?P<kind>track|episode)/(?P<id>[a-zA-Z0-9]{22})/?$"),
        "https://open.spotify.com/embed/{kind}/{id}",
        "song",
        oembed="https://open.spotify.com/oembed?url={page}",
    ),
    _Provider(
        "Spotify",
        re.compile(r"open\.spotify\.com/(?:intl-[a-z]{2}/)?(?P<kind>album|playlist|show|artist)/(?P<id>[a-zA-Z0-9]{22})/?$"),
        "https://open.spotify.com/embed/{kind}/{id}",
        "list",
        oembed="https://open.spotify.com/oembed?url={page}",
    ),
    _Provider(
        "SoundCloud",
        re.compile(r"(?:www\.|m\.)?soundcloud\.com/[\w-]{1,100}/(?:sets/)?[\w-]{1,200}/?$"),
        "https://w.soundcloud.com/player/?url={page}&auto_play=true&hide_related=true",
        "song",
        oembed="https://soundcloud.com/oembed?format=json&url={page}",
    ),
    _Provider(
        "Mixcloud",
        re.compile(r"(?:www\.)?mixcloud\.com/[\w-]{1,100}/[\w-]{1,200}/?$"),
        "https://player-widget.mixcloud.com/widget/iframe/?feed={page}",
        "song",
        oembed="https://www.mixcloud.com/oembed/?format=json&url={page}",
    ),
    _Provider(
        "Deezer",
        re.compile(r"(?:www\.)?deezer\.com/(?:[a-z]{2}/)?(?P<kind>track|album|playlist|episode|show)/(?P<id>\d{1,15})/?$"),
        "https://widget.deezer.com/widget/auto/{kind}/{id}",
        "list",
    ),
    _Provider(
        "Apple Podcasts",
        re.compile(r"podcasts\.apple\.com/(?P<id>[a-z]{2}/podcast/[\w%.~-]{1,300}/id\d{5,12})/?$"),
        "https://embed.podcasts.apple.com/{id}{episode}",
        "list",
    ),
)  # fmt: skip
_WATCH: Final = re.compile(r"(?:www\.|m\.|music\.)?youtube\.com/watch/?$")
_SECONDS: Final = re.compile(r"(?:(\d{1,2})h)?(?:(\d{1,4})m)?(?:(\d{1,6})s?)?", re.ASCII)
_EPISODE: Final = re.compile(r"\d{5,15}", re.ASCII)

#: The origins that a page may show in a frame, for its Content-Security-Policy.
ORIGINS: Final = tuple(
    sorted({f"https://{urlsplit(provider.frame.partition('{')[0]).netloc}" for provider in _PROVIDERS})
)


def player_of(address: str) -> Player | None:
    """Return the player for the address of a page; None if no known provider has it."""
    try:
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or parts.port not in (None, 80, 443) or parts.username:
            return None
        query = parse_qs(parts.query, max_num_fields=50)
    except ValueError:
        return None
    place = f"{(parts.hostname or '').removesuffix('.')}{parts.path}"
    if _WATCH.fullmatch(place):
        place = f"youtu.be/{query.get('v', [''])[0]}"
    for provider in _PROVIDERS:
        if match := provider.page.match(place):
            return _made(provider, match, address, query)
    return None


def _made(provider: _Provider, match: re.Match[str], address: str, query: dict[str, list[str]]) -> Player:
    page = quote(address, safe="")
    groups = {name: quote(value or "", safe="/%") for name, value in match.groupdict().items()}
    start = _start(query.get("t", query.get("start", [""]))[0])
    secret = groups.get("hash") or query.get("h", [""])[0]
    episode = query.get("i", [""])[0]
    given = groups | {
        "page": page,
        "start": f"&start={start}" if start else "",
        "hash": f"&{urlencode({'h': secret})}" if secret else "",
        "episode": f"?i={episode}" if _EPISODE.fullmatch(episode) else "",
    }
    return Player(
        provider.name, provider.frame.format(**given), provider.shape, provider.oembed.format(**given)
    )


def _start(value: str) -> int:
    """Return the seconds of a time such as 90, 90s or 1m30s; 0 if it is none."""
    found = _SECONDS.fullmatch(value)
    hours, minutes, seconds = (int(part or 0) for part in found.groups()) if found else (0, 0, 0)
    return hours * 3600 + minutes * 60 + seconds
