"""Liquid with known output is rendered; all other tags stay visible and are counted."""

import pytest

from masthead.importing.markdown.translating.liquid_rendering import LiquidRenderer
from tests.importing.conftest import changed, written
from tests.support.pace import measure_work

FRONT = "---\ntitle: A\nplaces: [Oslo, Bergen]\nhidden: false\n---\n"
PATH = "_posts/2024-01-02-a.md"
SITE = {
    "_config.yml": "url: https://old.example\nbaseurl: /blog\ncount: 3\nsocial: {mail: a@b.example}\n",
    "_data/people.yml": "- {name: Ada, year: 1815}\n- {name: Grace, year: 1906}\n",
    "_data/deep/towns.csv": "name,size\nOslo,7\nBergen,2\n",
    "_data/links.json": '{"home": {"url": "https://home.example", "text": "Home"}}',
    "_data/broken.yml": "a: [\n",
}


@pytest.fixture
def body(site):
    """The translated body of a post, and its visible tags."""

    def read(text):
        translated = site({**SITE, PATH: FRONT + text}).translated(PATH)
        return translated.body, dict(translated.visible_tags)

    return read


@pytest.mark.parametrize(
    ("written", "words"),
    [
        # A variable is known in the rest of the text, also in links.
        (
            "{% assign home = site.data.links.home %}[{{ home.text }}]({{ home.url }})",
            "[Home](https://home.example)",
        ),
        ("{% assign ada = site.data.people | where: 'year', '1815' | first %}{{ ada.name }}", "Ada"),
        ("{% for p in site.data.people %}- {{ p.name }}\n{% endfor %}", "- Ada\n- Grace\n"),
        (
            "{% for p in site.data.people %}{% if p.year > 1900 %}{{ p.name | upcase }}{% endif %}{% endfor %}",
            "GRACE",
        ),
        ("{% for pair in site.data.links %}{{ pair[0] }}: {{ pair[1].text }}{% endfor %}", "home: Home"),
        ("{% for t in site.data.deep.towns %}{{ t.name }} {{ t.size }};{% endfor %}", "Oslo 7;Bergen 2;"),
        ("{{ page.places | join: ' and ' }}, {{ site.count | plus: 1 }}", "Oslo and Bergen, 4"),
        ("{{ site.social.mail }} {{ site['count'] }}", "a@b.example 3"),
        ("{% if page.hidden %}no{% else %}yes{% endif %}{% unless page.absent %}!{% endunless %}", "yes!"),
        ("{% capture x %}a{{ page.places.first }}{% endcapture %}{{ x | append: 'b' }}", "aOslob"),
        (
            "{{ page.date | date: '%-d %B %Y' }}; {{ page.date | date_to_string }}",
            "2 January 2024; 02 Jan 2024",
        ),
        ("{% case site.count %}{% when 3 %}three{% else %}more{% endcase %}", "three"),
        ("{{ site.data.people | where_exp: 'p', 'p.year < 1900' | map: 'name' | jsonify }}", '["Ada"]'),
        ("{{ site.data.people | group_by: 'name' | map: 'size' | join: '+' }}", "1+1"),
        ("a {%- assign x = 1 -%} b {{- x }}", "ab1"),
        # Braces in data are text, not tags.
        ("{% assign x = '{{ nope }}' %}{{ x }}", "{{ nope }}"),
    ],
)
def test_what_can_be_known_is_rendered(written, words, body):
    assert body(written) == (words, {})


@pytest.mark.parametrize(
    "written",
    [
        "{% for post in site.posts %}{{ post.title }}{% endfor %}",
        "{% if site.unheard_of %}x{% endif %}",
        "{{ site.time | date: '%Y' }}",
        "{{ 'now' | date: '%Y' }}",
        "{{ page.url }}",
        "{{ never_assigned }}",
        "{{ site.data.broken.a }}",
        "{{ site.data.absent.a }}",
        "{{ site.data.links }}",
        "{{ page.places | sample }}",
        "{% include note.html %}",
        "{% if page.places %}never closed",
        "{% for i in (1..2) %}{% if i %}{% endfor %}{% endif %}",
        # Variables that a failed template assigns are unknown afterwards.
        "{% assign x = 1 %}{% assign x = site.posts %}{{ x }}",
        "{% assign x = 1 %}{% if site.posts %}{% assign x = 2 %}{% endif %}{{ x }}",
    ],
)
def test_what_cannot_be_known_stays_and_is_counted(written, body):
    text, visible = body(written)
    assert text == written.replace("{% assign x = 1 %}", "").replace("<", "&lt;")
    assert visible


def test_code_stays_as_it_is(body):
    text = "```liquid\n{% assign x = 1 %}{{ x }}\n```\n\n`{{ site.count | plus: 1 }}`\n\n{% raw %}{{ site.count }}{% endraw %}\n"
    assert body(text)[0] == text.replace("{% raw %}", "").replace("{% endraw %}", "")
    # A loop around code does not change, because code shows what was typed.
    loop = "{% for i in (1..2) %}\n```\n{{ i }}\n```\n{% endfor %}\n"
    assert body(loop)[0] == loop


def test_the_report_says_how_many_were_rendered(site):
    read = site({**SITE, PATH: FRONT + "{% assign x = 1 %}{{ x }}{{ site.nope }}"})
    assert changed(read.translated(PATH))["Liquid"] == 2
    assert dict(read.translated(PATH).visible_tags) == {"site.nope": 1}


@pytest.mark.parametrize(
    "hostile",
    [
        "{% for i in (1..100000000) %}{% endfor %}",
        "{% for i in (1..4999) %}{% for j in (1..4999) %}x{% endfor %}{% endfor %}",
        "{% assign s = 'aaaaaaaa' %}{% for i in (1..99) %}{% assign s = s | append: s %}{% endfor %}{{ s }}",
        "{% assign s = 'aaaaaaaa' %}{% for i in (1..99) %}{% assign s = s | replace: 'a', s %}{% endfor %}{{ s }}",
        "{% assign r = (1..100000000) %}{{ r | join: ',' }}",
        "{% assign n = 9 %}{% for i in (1..99) %}{% assign n = n | times: n %}{% endfor %}{{ n }}",
        "{% if x %}" * 5_000,
        "{{ nope }}" * 50_000,
        "{% assign x = 1 %}" * 50_000,
        "{% for i in (1..100000000) limit:2 offset:90000000 %}{{ i }}{% endfor %}",
        "{% for i in (1..900000000000) reversed %}{{ i }}{% endfor %}",
        "{% assign n = 99999 | times: 99999 %}{% for i in (1..n) reversed limit:1 %}{{ i }}{% endfor %}",
        "{% assign n = 99999 | times: 99999 %}{% for i in (1..5) offset:n %}{{ i }}{% endfor %}",
        "{% include ../../../etc/passwd %}{% render '/etc/passwd' %}",
    ],
)
def test_a_hostile_template_ends_soon(hostile, body):
    with measure_work() as work:
        assert "root:" not in body(hostile)[0]
    assert work.units < 800


def test_readers_see_what_was_rendered_and_a_second_import_changes_nothing(invoke, cast, client, tmp_path):
    text = "{% assign home = site.data.links.home %}[{{ home.text }}]({{ home.url }}) and {{ site.posts.first }}\n"
    folder = written(tmp_path / "site", {**SITE, PATH: FRONT + text})
    first, second = (invoke("import", "markdown", str(folder), "--processes", "1").stdout for _ in range(2))
    page = client.get("/blog/post/a").text
    assert '<a href="https://home.example"' in page
    assert "{{ site.posts.first }}" in page
    assert "Liquid 3" in first
    assert "0 changes" in second


def test_a_renderer_forgets_what_a_failed_template_assigned():
    renderer = LiquidRenderer({}, {})
    assert renderer.render("{% assign x = 1 %}") == ""
    assert renderer.render("{% assign x = site.y.z %}{{ nope }}") is None
    assert renderer.render("{{ x }}") is None
