from masthead.importing.items import ItemKind
from masthead.importing.markdown.dialects.plain import Plain
from tests.importing.conftest import changed


def test_headings_names_and_folders_say_what_front_matter_does_not(site):
    read = site(
        {
            "2024-01-02-a-walk.md": "# A walk in *March*\n\nText {{ x }} {% y %}\n",
            "2014/03/12/deep.md": "Deep\n====\nText [walk](../../../2024-01-02-a-walk.md)\n",
            "no_heading-here.md": "Only text.\n",
            "about.md": "# About\n\nWe.",
            "drafts/x.md": "# X\n",
            "README.md": "About this folder",
            "empty.md": "\n",
            "trip/index.md": "---\ndate: 2024-05-06\n---\nHome",
        }
    )
    assert isinstance(read.dialect, Plain)
    walk = read["2024-01-02-a-walk.md"]
    assert (walk.title, walk.slug, walk.date.isoformat()) == (
        "A walk in March",
        "a-walk",
        "2024-01-02T00:00:00+00:00",
    )
    assert walk.body_line == 2
    assert read["2014/03/12/deep.md"].title == "Deep"
    assert read["2014/03/12/deep.md"].date.isoformat() == "2014-03-12T00:00:00+00:00"
    assert read["no_heading-here.md"].title == "No heading here"
    assert changed(read["no_heading-here.md"]).keys() == {"title", "no date"}
    assert read["no_heading-here.md"].date_is_guessed
    assert read["about.md"].kind is ItemKind.PAGE
    assert read["drafts/x.md"].status.value == "draft"
    assert read["trip/index.md"].slug == "trip"
    assert read.left_out().keys() == {"README.md", "empty.md"}
    assert read.body("2014/03/12/deep.md") == "Text [walk](/new/a-walk)\n"
    assert read.body("2024-01-02-a-walk.md") == "\nText {{ x }} {% y %}\n"
    assert read.translated("2024-01-02-a-walk.md").visible_tags == {}


def test_front_matter_of_any_kind_is_read(site):
    read = site(
        {
            "a.md": "---\ntitle: A\ntags: '#one #two'\n---\n",
            "b.md": "---\ntitle: B\ntags: [[x, y], {k: [z]}, {name: n}]\nurl: /was/here\n---\n",
        }
    )
    assert read["a.md"].tags == ("one", "two")
    assert read["b.md"].tags == ("x", "y", "z", "n")
    assert read["b.md"].old_paths == ("/was/here",)
