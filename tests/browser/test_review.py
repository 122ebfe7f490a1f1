"""A writer and an editor bring a post to its readers in two browsers, on a phone and on a desk, with emails from a real server."""

import time
from urllib.parse import quote

import pytest

from tests.support.browsers import assert_accessible, sign_in
from tests.support.mailbox import PASSWORD, USERNAME

#: Whether something is wider than the window.
IS_TOO_WIDE = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"
SECONDS = 20


@pytest.fixture
def live_site(make_live_site, mailbox):
    """A site that sends its emails through the test's server."""
    url = f"smtp://{USERNAME}:{quote(PASSWORD, safe='')}@localhost:{mailbox.port}?tls=starttls"
    site = make_live_site(
        MAIL_URL=url, SSL_CERT_FILE=mailbox.certificate, MAIL_DEFAULT_SENDER="The Desk <desk@example.org>"
    )
    site.start()
    return site


@pytest.fixture(params=[{"width": 390, "height": 844}, {"width": 1280, "height": 900}], ids=["phone", "desk"])
def size(request):
    return request.param


@pytest.fixture
def open_browser(page, live_site, size):
    """A browser of their own for each person, of this size."""
    contexts = []

    def come_in(person):
        context = page.context.browser.new_context(
            base_url=live_site.url, locale="en-GB", timezone_id="UTC", viewport=size
        )
        contexts.append(context)
        own = context.new_page()
        sign_in(own, person)
        return own

    yield come_in
    for context in contexts:
        context.close()


@pytest.fixture
def arrived(mailbox):
    """The subjects of the emails that come next, by whom they are to."""

    def wait_for(*people):
        deadline = time.monotonic() + SECONDS
        while len(mailbox.letters) < len(people) and time.monotonic() < deadline:
            time.sleep(0.05)
        subjects = {letter["To"]: letter["Subject"] for letter in mailbox.letters}
        mailbox.letters.clear()
        assert subjects.keys() == {person.email for person in people}
        return set(subjects.values())

    return wait_for


def look_at(page):
    """What every page of the way has to be."""
    assert page.evaluate(IS_TOO_WIDE) is False, page.url
    assert_accessible(page)


def test_post_goes_there_and_back_and_is_published_with_a_past_date_and_two_authors(
    page, cast, open_browser, arrived, size
):
    colin, edith = open_browser(cast.colin), open_browser(cast.edith)
    colin.goto("/blog/create")
    look_at(colin)
    colin.get_by_label("Title").fill("The ferry that runs on a rope")
    colin.get_by_label("Content").fill("There is *no engine* at Callow.")
    colin.get_by_role("button", name="Submit for review").click()
    colin.get_by_text("Your post is with the editors.").wait_for()
    look_at(colin)
    path = colin.url
    assert arrived(cast.ada, cast.edith) == {"Submitted for review: The ferry that runs on a rope"}

    edith.goto("/dashboard")
    look_at(edith)
    edith.get_by_role("link", name="The ferry that runs on a rope").first.click()
    look_at(edith)
    edith.get_by_label("Note to the author").fill("Say earlier how long the rope is.")
    edith.get_by_role("button", name="Send back").click()
    edith.get_by_text("Colin’s post is sent back.").wait_for()
    look_at(edith)
    assert arrived(cast.colin) == {"Your post was sent back: The ferry that runs on a rope"}

    colin.goto("/dashboard")
    look_at(colin)
    colin.get_by_role("link", name="The ferry that runs on a rope").first.click()
    note = colin.get_by_role("region", name="Sent back by Edith")
    assert "Say earlier how long the rope is." in note.inner_text()
    look_at(colin)
    colin.get_by_label("Content").fill("The rope is ninety metres long. There is *no engine* at Callow.")
    colin.get_by_role("button", name="Submit for review").click()
    colin.get_by_text("Your post is with the editors.").wait_for()
    assert note.count() == 0
    assert arrived(cast.ada, cast.edith) == {"Submitted for review: The ferry that runs on a rope"}

    edith.goto(path)
    edith.get_by_label("Authors").fill("colin, edith")
    edith.get_by_label("Publish at").fill("2019-05-04T08:30")
    edith.get_by_role("button", name="Publish now").click()
    edith.get_by_text("Colin’s post is published.").wait_for()
    look_at(edith)
    assert arrived(cast.colin) == {"Your post is published: The ferry that runs on a rope"}

    page.set_viewport_size(size)
    page.goto("/blog/post/the-ferry-that-runs-on-a-rope")
    look_at(page)
    article = page.locator("main").inner_text()
    assert "By Colin and Edith" in article
    assert "4 May 2019" in article
    assert page.locator("main time").first.get_attribute("datetime").startswith("2019-05-04T08:30")


def test_several_mistakes_are_shown_at_once(cast, open_browser):
    walt = open_browser(cast.walt)
    walt.goto("/blog/create")
    walt.get_by_label("Authors").fill("nobody-at-all")
    walt.locator("summary", has_text="Language and source").click()
    walt.get_by_label("Language", exact=True).fill("??")
    walt.get_by_role("button", name="Publish now").click()
    for sentence in (
        "Give the post a title.",
        "Write something first",
        "Nobody has the user name",
        "Write the language",
    ):
        assert walt.locator(".field-error", has_text=sentence).first.is_visible(), sentence
    look_at(walt)
