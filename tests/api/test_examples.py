"""The examples of docs/api.md, run as they stand there."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.people import PASSWORD

pytestmark = pytest.mark.databases("sqlite")
DOCUMENT = Path(__file__).parents[2] / "docs" / "api.md"


def example(language):
    (found,) = re.findall(rf"^```{language}\n(.*?)^```$", DOCUMENT.read_text(), re.DOTALL | re.MULTILINE)
    return found


def published(call):
    return [(post["title"], post["status"]) for post in call("GET", "/posts").json["posts"]]


@pytest.mark.parametrize(
    ("language", "command"), [("bash", ["bash", "-e", "-c"]), ("python", [sys.executable, "-c"])]
)
def test_an_example_publishes(language, command, live_site, cast, call):
    told = {"SITE": live_site.url, "EMAIL": cast.walt.email, "PASSWORD": PASSWORD}
    ran = subprocess.run(
        [*command, example(language)],
        env=dict(os.environ) | told,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert published(call) == [("Rivers", "published")]


def test_the_example_in_javascript_publishes(live_site, page, cast, call):
    page.goto(f"{live_site.url}/api/v1/docs")
    total, url = page.evaluate(
        f"([site, email, password]) => {{ {example('javascript')} return publish(site, email, password); }}",
        [live_site.url, cast.walt.email, PASSWORD],
    )
    assert (total, url.endswith("/blog/post/rivers")) == (0, True)
    assert published(call) == [("Rivers", "published")]
