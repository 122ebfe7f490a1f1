import pytest
from flask import url_for
from werkzeug.routing import BuildError, Rule


def test_an_address_is_the_same_each_time_and_each_value_has_its_own(app):
    with app.test_request_context("/", base_url="http://localhost"):
        for _ in range(2):
            assert url_for("site.post", slug="one") == "/blog/post/one"
            assert url_for("site.post", slug="two words") == "/blog/post/two%20words"
            assert url_for("posts.index", page=1) == "/blog/?page=1"
            assert url_for("posts.index", page="1") == "/blog/?page=1"
            assert url_for("posts.index", page=None) == "/blog/"
            assert url_for("posts.index", page=True) == "/blog/?page=True"
            assert url_for("posts.index", q=["a", "b"]) == "/blog/?q=a&q=b"
            assert url_for("site.post", slug="one", _anchor="end") == "/blog/post/one#end"
            assert url_for("site.post", slug="one", _external=True) == "http://localhost/blog/post/one"


def test_an_application_below_a_path_has_its_addresses_there(app):
    for mounted_at in ("", "/magazine", ""):
        with app.test_request_context("/", base_url=f"http://localhost{mounted_at}"):
            assert url_for("site.post", slug="one") == f"{mounted_at}/blog/post/one"


def test_two_applications_do_not_share_addresses(app, make_app):
    other = make_app()
    other.add_url_rule("/elsewhere/<slug>", "elsewhere", lambda slug: slug)
    with other.test_request_context("/", base_url="http://localhost"):
        assert url_for("elsewhere", slug="one") == "/elsewhere/one"
    with app.test_request_context("/", base_url="http://localhost"), pytest.raises(BuildError):
        url_for("elsewhere", slug="one")


def test_what_cannot_be_built_is_an_error_each_time(app):
    with app.test_request_context("/", base_url="http://localhost"):
        for _ in range(2):
            with pytest.raises(BuildError):
                url_for("site.post")


def test_rules_compile_what_builds_an_address_when_it_is_first_asked_for(make_app, monkeypatch):
    compiled = []
    compile_builder = Rule._compile_builder

    def count(rule, append_unknown=True):
        compiled.append(rule.endpoint)
        return compile_builder(rule, append_unknown)

    monkeypatch.setattr(Rule, "_compile_builder", count)
    app = make_app()
    assert compiled == []
    with app.test_request_context():
        for query in ({}, {"page": 2}):
            url_for("posts.index", **query)
        assert url_for("posts.index", page=3) == "/blog/?page=3"
    assert compiled == ["posts.index"]
