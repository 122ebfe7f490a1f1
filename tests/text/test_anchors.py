from masthead.text import anchors


def test_heading_answers_to_its_older_id() -> None:
    html = anchors.with_older_ids('<h2 id="über-uns">Über uns</h2>', '<h2 id="s-uber-uns">Über uns</h2>')

    assert html == '<h2 id="über-uns"><span id="s-uber-uns"></span>Über uns</h2>'
    assert anchors.with_older_ids('<h2 id="über-uns">Über uns</h2>', html) == html


def test_id_that_has_not_changed_is_not_repeated() -> None:
    assert anchors.with_older_ids('<h2 id="a">A</h2>', '<h2 id="a">A</h2>') == '<h2 id="a">A</h2>'


def test_older_id_that_another_heading_has_now_stays_there() -> None:
    new = '<h2 id="a">A</h2><h2 id="a-1">A</h2>'

    assert anchors.with_older_ids(new, '<h2 id="x">A</h2><h2 id="a">A</h2>') == (
        '<h2 id="a"><span id="x"></span>A</h2><h2 id="a-1">A</h2>'
    )


def test_other_headings_get_no_older_ids() -> None:
    new = '<h2 id="a">A</h2><h3 id="b">B</h3>'

    assert anchors.with_older_ids(new, '<h2 id="s-a">A</h2>') == new


def test_changed_text_keeps_the_older_ids_of_the_headings_that_it_keeps() -> None:
    old = '<h2 id="a"><span id="s-a"></span>A</h2><h2 id="b"><span id="s-b"></span>B</h2>'

    assert (
        anchors.with_kept_ids('<h3 id="b">B</h3><p>x</p>', old)
        == '<h3 id="b"><span id="s-b"></span>B</h3><p>x</p>'
    )
