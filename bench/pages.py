"""A page from memory, and pages that are made, against other applications on the same machine."""

import json
import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from urllib.parse import quote

from bench import reader, servers, tutorial_blog
from bench.figures import Figure, Rounds, at_least, at_most
from bench.publication import RARE_WORD
from bench.servers import UNLIMITED, environment

#: The headers of the answer that the bare application repeats.
COPIED = (
    "content-type",
    "etag",
    "vary",
    "cache-control",
    "content-security-policy",
    "x-frame-options",
    "referrer-policy",
    "x-content-type-options",
    "permissions-policy",
    "cross-origin-opener-policy",
    "cross-origin-resource-policy",
)
BARE = """
import json, pathlib
BODY = pathlib.Path({body!r}).read_bytes()
HEADERS = [tuple(pair) for pair in json.loads(pathlib.Path({headers!r}).read_text())]
def app(environ, start_response):
    start_response("200 OK", HEADERS)
    return [BODY]
"""
HELLO = """
from flask import Flask, jsonify
app = Flask(__name__)
@app.get("/")
def hello():
    return "Hello, World!"
@app.get("/json")
def hello_json():
    return jsonify(hello="world")
"""
#: What is not from memory is asked by so many at a time: more would only wait for the processor.
FEW = 2
Server = Callable[[], AbstractContextManager[str]]


def measure(folder: Path, home: Path, slug: str, *, rounds: int, seconds: float) -> list[Figure]:
    """Everything about single pages of the publication in ``home``."""
    settings = {"MASTHEAD_HOME": str(home), "FLASK_CONFIG": "production", **UNLIMITED}
    quiet = environment(settings | {"LOG_LEVEL": "WARNING"})
    (folder / "hello.py").write_text(HELLO)
    beside = environment({"PYTHONPATH": str(folder)})
    blog = folder / "blog.sqlite3"
    tutorial_blog.fill(blog, home / "masthead.sqlite3")
    tutorial = environment({"BLOG_DATABASE": f"sqlite:///{blog}"})
    _lay_out(folder, quiet)
    signed_in = reader.session_cookie(home)
    applications: dict[str, Server] = {
        "cached": lambda: servers.granian("masthead.wsgi:app", quiet),
        "cached, logged": lambda: servers.granian("masthead.wsgi:app", quiet | {"LOG_LEVEL": "INFO"}),
        "forgetful": lambda: servers.granian("masthead.wsgi:app", quiet | servers.FORGETFUL),
        "bare": lambda: servers.granian("bare:app", beside),
        "hello": lambda: servers.granian("hello:app", beside),
        "tutorial": lambda: servers.gunicorn("bench.tutorial_blog:app", tutorial),
    }
    asked = {
        "cached": ("cached", "/", servers.CONNECTIONS),
        "cached, logged": ("cached, logged", "/", servers.CONNECTIONS),
        "bare": ("bare", "/", servers.CONNECTIONS),
        "hello": ("hello", "/", servers.CONNECTIONS),
        "hello, few": ("hello", "/", FEW),
        "hello JSON, few": ("hello", "/json", FEW),
    } | _made_and_taught(slug)
    if has_nginx():
        applications["nginx"] = lambda: servers.nginx(folder)
        asked["nginx"] = ("nginx", "/", servers.CONNECTIONS)
    with ExitStack() as running:
        urls = {name: running.enter_context(start()) for name, start in applications.items()}
        measurements = {
            name: _asking(urls[server] + path, many, seconds, _cookie_for(name, signed_in))
            for name, (server, path, many) in asked.items()
        }
        return _figures(Rounds(measurements, rounds))


def has_nginx() -> bool:
    """Return True if nginx is installed."""
    return shutil.which("nginx") is not None


def _made_and_taught(slug: str) -> dict[str, tuple[str, str, int]]:
    """Measure the same five pages from Masthead without its cache, and from the tutorial's blog."""
    post = quote(slug)
    ours = {
        "home": "/",
        "post": f"/blog/post/{post}",
        "API list": "/api/v1/posts?per_page=20",
        "search": f"/search?q={RARE_WORD}",
        "API post": f"/api/v1/posts/{post}",
    }
    # It is the same for everybody, so a cookie alone does not lead past the memory.
    feeds = {"feed": ("forgetful", "/feed.xml", FEW), "feed for a session": ("cached", "/feed.xml", FEW)}
    signed_in = {"post for a session": ("cached", ours["post"], FEW)}
    theirs = {
        "home": "/",
        "post": f"/post/{post}",
        "API list": "/api/posts",
        "feed": "/feed",
        "search": f"/search?q={RARE_WORD}",
    }
    made = {name: ("cached", path, FEW) for name, path in ours.items()} | feeds | signed_in
    return {f"made {name}": asked for name, asked in made.items()} | {
        f"tutorial {name}": ("tutorial", path, FEW) for name, path in theirs.items()
    }


def _asking(url: str, connections: int, seconds: float, cookie: str) -> Callable[[], float]:
    return lambda: servers.rate(url, seconds=seconds, connections=connections, cookie=cookie)


def _cookie_for(name: str, signed_in: str) -> str:
    if not name.startswith("made"):
        return ""
    return signed_in if name.endswith("for a session") else servers.NOBODY


def _lay_out(folder: Path, variables: dict[str, str]) -> None:
    """The home page as a file for nginx, and as bytes for the bare application."""
    with servers.granian("masthead.wsgi:app", variables) as url:
        body, headers = servers.fetched(f"{url}/")
    copied = [(name, value) for name, value in headers.items() if name.lower() in COPIED]
    copied += [("Content-Length", str(len(body))), ("X-Cache", "hit"), ("X-Request-ID", "0123456789abcdef")]
    (folder / "www").mkdir()
    (folder / "www" / "index.html").write_bytes(body)
    # nginx gives its processes to another user, who has to get here.
    for place in (folder, folder / "www"):
        place.chmod(0o755)
    (folder / "headers").write_text(json.dumps(copied))
    bare = BARE.format(body=str(folder / "www" / "index.html"), headers=str(folder / "headers"))
    (folder / "bare.py").write_text(bare)


def _against_nginx(rates: Rounds) -> list[Figure]:
    if "nginx" not in rates.values:
        return []
    ratio, spread = rates.ratio("cached", "nginx")
    return [at_least("cached page against nginx with the page as a file", ratio, 0.5, spread=spread)]


def _figures(rates: Rounds) -> list[Figure]:
    def least(name: str, mine: str, other: str, goal: float) -> Figure:
        ratio, spread = rates.ratio(mine, other)
        return at_least(name, ratio, goal, spread=spread)

    slower, spread = rates.ratio("hello, few", "made post")
    signed_in, spread_signed_in = rates.ratio("hello, few", "made post for a session")
    listed, spread_listed = rates.ratio("hello JSON, few", "made API list")
    single, spread_single = rates.ratio("hello JSON, few", "made API post")
    return [
        least("cached page against a bare WSGI app with the same bytes", "cached", "bare", 0.8),
        least("the same with a line in the log for each answer", "cached, logged", "bare", 0.8),
        *_against_nginx(rates),
        least("cached page against a hello-world Flask view", "cached", "hello", 3),
        least("cached page against the tutorial's blog on gunicorn", "cached", "tutorial home", 100),
        at_most("post that is made, in times of a hello-world view", slower, 10, spread=spread),
        at_most("the same for somebody who is signed in", signed_in, 10, spread=spread_signed_in),
        least("home that is made, against the tutorial's blog", "made home", "tutorial home", 5),
        least("post that is made, against the tutorial's blog", "made post", "tutorial post", 1.5),
        least("API list of 20, against the tutorial's blog", "made API list", "tutorial API list", 10),
        least("feed that is made, against the tutorial's blog", "made feed", "tutorial feed", 5),
        least(
            "feed for somebody with a session, against the tutorial's blog",
            "made feed for a session",
            "tutorial feed",
            5,
        ),
        least("search, against the tutorial's blog", "made search", "tutorial search", 30),
        at_most("API list of 20, in times of a hello-world JSON view", listed, 10, spread=spread_listed),
        at_most("API post, in times of a hello-world JSON view", single, 10, spread=spread_single),
    ]
