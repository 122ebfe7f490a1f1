from urllib.parse import urlsplit

import pytest

from masthead.text import players

ID = "dQw4w9WgXcQ"
TRACK = "4uLU6hMCjMI75M1A2tKUQC"


@pytest.mark.parametrize(
    ("address", "frame"),
    [
        (f"https://www.youtube.com/watch?v={ID}&t=1m30s", f"https://www.youtube-nocookie.com/embed/{ID}?autoplay=1&rel=0&start=90"),
        (f"http://m.youtube.com/watch?list=x&v={ID}", f"https://www.youtube-nocookie.com/embed/{ID}?autoplay=1&rel=0"),
        (f"https://youtu.be/{ID}?si=abc&t=43", f"https://www.youtube-nocookie.com/embed/{ID}?autoplay=1&rel=0&start=43"),
        (f"https://WWW.YouTube.com/shorts/{ID}", f"https://www.youtube-nocookie.com/embed/{ID}?autoplay=1&rel=0"),
        ("https://vimeo.com/76979871", "https://player.vimeo.com/video/76979871?autoplay=1&dnt=1"),
        ("https://vimeo.com/76979871/abcdef0123", "https://player.vimeo.com/video/76979871?autoplay=1&dnt=1&h=abcdef0123"),
        (f"https://open.spotify.com/intl-de/track/{TRACK}?si=1", f"https://open.spotify.com/embed/track/{TRACK}"),
        ("https://soundcloud.com/forss/flickermood", "https://w.soundcloud.com/player/?url=https%3A%2F%2Fsoundcloud.com%2Fforss%2Fflickermood&auto_play=true&hide_related=true"),
        ("https://podcasts.apple.com/us/podcast/the-daily/id1200361736?i=1000123456", "https://embed.podcasts.apple.com/us/podcast/the-daily/id1200361736?i=1000123456"),
        # Pages of providers without a player, and hosts that only look like one.
        ("https://www.youtube.com/@channel", None),
        ("https://www.youtube.com/watch?v=short", None),
        (f"https://youtu.be.evil.example/{ID}", None),
        (f"https://evil.example/youtu.be/{ID}", None),
        (f"https://youtu.be@evil.example/{ID}", None),
        (f"https://evil.example@youtu.be/{ID}", None),
        (f"https://youtu.be:8443/{ID}", None),
        (f"ftp://youtu.be/{ID}", None),
        ("https://youtu.be:x/", None),
        ("https://[", None),
        ("https://soundcloud.com/a/b?x=%22%3E%3Cscript%3E", "https://w.soundcloud.com/player/?url=https%3A%2F%2Fsoundcloud.com%2Fa%2Fb%3Fx%3D%2522%253E%253Cscript%253E&auto_play=true&hide_related=true"),
        (f"https://youtu.be/{ID}?t=9%22%3E", f"https://www.youtube-nocookie.com/embed/{ID}?autoplay=1&rel=0"),
    ],
)  # fmt: skip
def test_player_of_a_page(address, frame):
    found = players.player_of(address)
    assert (found.url if found else None) == frame
    if found:
        parts = urlsplit(found.url)
        assert f"{parts.scheme}://{parts.netloc}" in players.ORIGINS
