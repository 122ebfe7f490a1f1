"""Old addresses, compared with sites that the generators have built (`built/README.md`)."""

import json
import re
from pathlib import Path
from urllib.parse import quote, unquote

import pytest

from tests.importing.conftest import written

BUILT = Path(__file__).parent / "built"
GENERATORS = ("jekyll", "hugo", "pelican", "eleventy", "zola")

pytestmark = pytest.mark.databases("sqlite")


def sites(generator):
    return json.loads((BUILT / f"{generator}.json").read_text())["sites"]


def every_site():
    return [
        pytest.param(generator, site, id=f"{generator}-{site['name']}")
        for generator in GENERATORS
        for site in sites(generator)
    ]


def imported(invoke, tmp_path, site):
    """The new address of each text."""
    folder = written(tmp_path / "site", site["settings"] | site["texts"])
    report = tmp_path / "report.json"
    result = invoke("import", "markdown", str(folder), "--report", str(report), "--processes", "1")
    assert result.returncode == 0, result.stdout
    items = json.loads(report.read_text())["items"]
    return {item["source"]: item["address"] for item in items if "address" in item}


@pytest.mark.parametrize("generator", GENERATORS)
def test_the_tables_are_large_enough(generator):
    tables = sites(generator)
    assert sum(len(paths) for site in tables for paths in site["addresses"].values()) >= 60
    assert sum(len(ids) for site in tables for ids in site["ids"].values()) >= 40


def unreachable(generator, site):
    """Check if an id cannot be kept: it has invalid characters, comes from unsupported braces, or from the source."""
    if generator == "eleventy":
        return re.compile(r".*['\"&%].*|explicit.*|mrhba-balealm|")
    return re.compile("a-linkhttpsxexample-inside|atampt" if site["name"] == "kramdown-native" else "-")


def with_ids():
    return [one for one in every_site() if one.values[1]["ids"]]


@pytest.mark.parametrize(("generator", "site"), with_ids())
def test_every_old_anchor_leads_to_its_heading(client, cast, invoke, tmp_path, generator, site):
    here = imported(invoke, tmp_path, site)
    for path, ids in site["ids"].items():
        headings = client.read(here[path]).all("//*[self::h2 or self::h3][@id]")
        places = [{heading.get("id"), *heading.xpath("./span/@id")} for heading in headings]
        position = 0
        for wanted in map(unquote, ids):
            if unreachable(generator, site).fullmatch(wanted):
                continue
            if not any(wanted in place for place in places[:position]):
                # In the order of the text, so that no id belongs to another heading.
                assert any(wanted in place for place in places[position:]), wanted
                position = next(at for at in range(position, len(places)) if wanted in places[at]) + 1


@pytest.mark.parametrize(("generator", "site"), every_site())
def test_every_old_address_leads_to_its_text(client, cast, invoke, tmp_path, generator, site):
    here = imported(invoke, tmp_path, site)
    wrong = {}
    for path, addresses in site["addresses"].items():
        mark = next(word for word in site["texts"][path].split() if word.startswith("Mark"))
        for address in addresses:
            response = client.get(quote(address))
            if response.status_code == 301:
                response = client.get(response.location)
            if response.status_code != 200 or mark not in response.text:
                wrong[path] = (address, response.status_code, here.get(path))
    assert wrong == {}
