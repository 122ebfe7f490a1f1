from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from masthead import clock
from masthead.db import db
from masthead.people.models import Role, User
from masthead.posts import tasks
from masthead.posts.models import Post, Revision
from masthead.posts.working_copy import journal
from masthead.posts.working_copy.models import EditingLease, WorkingCopyChange
from tests.factories import DraftFactory, PostFactory
from tests.support.visitors import document


@pytest.fixture
def walt(sign_in, cast):
    return sign_in(cast.walt)


def revisions(app, post_id):
    with app.app_context():
        rows = db.session.execute(
            select(Revision.kind, Revision.body).where(Revision.post_id == post_id).order_by(Revision.number)
        )
        return [tuple(row) for row in rows]


def test_an_autosave_of_a_public_post_changes_nothing_until_it_is_updated(app, walt, cast, client, editor):
    post = PostFactory(author=cast.walt, body="One.\n\nTwo.\n")
    tab = editor(walt, post.id)
    answer = tab.send(body="One.\n\nTwo and more.\n", title="Another")
    assert answer.status_code == 200
    saved = answer.get_json()
    assert (saved["sequence"], saved["merged"], saved["has_working_copy"]) == (1, False, True)
    assert "Two and more." not in client.get(f"/blog/post/{post.slug}").text
    page = walt.read(f"/blog/edit/{post.id}")
    assert page.form({"body": ""}, "save").values["body"][0] == "One.\n\nTwo and more.\n"
    assert walt.press(f"/blog/edit/{post.id}", "save").status_code == 303
    page = client.get(f"/blog/post/{post.slug}").text
    assert "Two and more." in page
    assert "Another" in page
    assert tab.shown()["has_working_copy"] is False
    assert [kind for kind, _ in revisions(app, post.id)] == ["saved", "saved"]


def test_late_doubled_and_reordered_autosaves_change_nothing(walt, cast, editor):
    post = DraftFactory(author=cast.walt, body="A.")
    tab = editor(walt, post.id)
    third = tab.put({"body": "A. B. C.", "sequence": 3})
    assert third.status_code == 200
    for late in ({"body": "A. B.", "sequence": 2}, {"body": "A. B. C.", "sequence": 3}):
        again = tab.put(late).get_json()
        assert (again["sequence"], again["version"]) == (3, third.get_json()["version"])
    assert tab.shown()["body"] == "A. B. C."
    # The answer got lost: the client still names the version with which it began.
    assert tab.put({"body": "A. B. C. D.", "sequence": 4}).status_code == 200
    assert tab.shown()["body"] == "A. B. C. D."
    # A text undone to what is saved is no unpublished change.
    assert tab.put({"body": "A.", "sequence": 5}).get_json()["has_working_copy"] is False


def test_an_autosave_that_arrives_after_the_save_changes_nothing(walt, cast, editor):
    post = DraftFactory(author=cast.walt, body="A.\n")
    tab = editor(walt, post.id)
    tab.send(body="A. B.\n")
    filled = walt.read(f"/blog/edit/{post.id}").form({"body": ""}, "save")
    sent = filled.filled({"body": "A. B. C. D.\n"}, "save") | {"client": "tab-1", "sequence": "3"}
    assert walt.post(f"/blog/edit/{post.id}", data=sent).status_code == 303
    late = tab.put({"body": "A. B. C.\n", "sequence": 2})
    assert (late.status_code, late.get_json()["sequence"]) == (200, 3)
    assert tab.shown()["body"] == "A. B. C. D.\n"
    assert tab.shown()["has_working_copy"] is False


@pytest.mark.databases("sqlite")
def test_a_form_is_saved_while_its_own_autosave_is_under_way(walt, sign_in, cast, editor):
    post = DraftFactory(author=cast.walt, body="One.\n\nTwo.\n")
    tab = editor(walt, post.id)
    before = walt.read(f"/blog/edit/{post.id}").form({"body": ""}, "save")
    editor(sign_in(cast.edith), post.id, "tab-2").send(body="One by Edith.\n\nTwo.\n")
    # The page was left before the answer, which has Edith's words, and the writer typed on within the same word.
    tab.send(body="One.\n\nTwo and thr.\n")
    stale = before.filled({"body": "One.\n\nTwo and three.\n"}, "save")
    for _ in range(2):
        answer = walt.post(f"/blog/edit/{post.id}", data=stale | {"client": "tab-1", "sequence": "1"})
        assert answer.status_code == 303, document(answer).errors
        assert tab.shown()["body"] == "One by Edith.\n\nTwo and three.\n"
    # An older form of the same page deletes nothing that it does not know.
    tab.put({"body": "One by Edith.\n\nTwo and three. Four.\n", "sequence": 2})
    walt.post(f"/blog/edit/{post.id}", data=stale | {"client": "tab-1", "sequence": "1"})
    assert "Four." in tab.shown()["body"]


def test_changes_of_two_people_are_merged_and_touching_ones_kept(app, walt, sign_in, cast, editor):
    post = DraftFactory(author=cast.walt, body="The first line.\nThe second line.\n")
    mine, theirs = editor(walt, post.id), editor(sign_in(cast.edith), post.id, "tab-2")
    mine.send(body="The first long line.\nThe second line.\n")
    answer = theirs.send(body="The first line.\nThe second line ends.\n").get_json()
    assert answer["merged"]
    assert answer["text"]["body"] == "The first long line.\nThe second line ends.\n"
    assert [other["username"] for other in answer["others"]] == ["walt"]
    # Walt's page does not know that, and goes on typing in his first line.
    merged = mine.send(body="The first very long line.\nThe second line.\n").get_json()
    assert merged["text"]["body"] == "The first very long line.\nThe second line ends.\n"
    conflict = theirs.send(body="The first short line.\nThe second line ends.\n")
    assert conflict.status_code == 409
    problem = conflict.get_json()
    assert problem["yours"]["body"].startswith("The first short line.")
    assert problem["theirs"]["body"].startswith("The first very long line.")
    kept = [body for kind, body in revisions(app, post.id) if kind != "saved"]
    assert kept == [problem["theirs"]["body"], problem["yours"]["body"]]
    # The page of conflicts has a text with everything of both, and the finished one goes on.
    page = theirs.visitor.read(problem["merge_url"])
    form = page.form({"body": ""}, "save").values
    assert "short" in form["body"][0]
    assert "very long" in form["body"][0]
    finished = "The first long and short line.\nThe second line ends.\n"
    done = theirs.visitor.fill_in(problem["merge_url"], body=finished, button="save")
    assert done.status_code == 303
    assert mine.shown()["body"] == finished
    assert theirs.visitor.get(problem["merge_url"]).status_code == 303


def test_a_form_from_an_older_version_is_merged(walt, sign_in, cast, editor):
    post = DraftFactory(author=cast.walt, body="One.\n\nTwo.\n\nThree.\n")
    form = walt.read(f"/blog/edit/{post.id}").form({"body": ""}, "save")
    stale = form.filled({"body": "One.\n\nTwo.\n\nThree changed.\n"}, "save")
    edith = sign_in(cast.edith)
    edith.fill_in(
        f"/blog/edit/{post.id}", body="One changed.\n\nTwo.\n\nThree.\n", language="de", button="save"
    )
    editor(edith, post.id, "other").send(body="One changed.\n\nTwo changed.\n\nThree.\n")
    assert walt.post(f"/blog/edit/{post.id}", data=stale).status_code == 303
    shown = walt.read(f"/blog/edit/{post.id}").form({"body": ""}, "save").values
    assert shown["body"][0] == "One changed.\n\nTwo changed.\n\nThree changed.\n"
    # A detail that Walt left alone keeps what Edith made of it.
    assert shown["language"][0] == "de"


def test_a_change_by_the_api_is_merged_into_the_working_copy(walt, sign_in, cast, editor):
    post = DraftFactory(author=cast.walt, body="One.\n\nTwo.\n")
    tab = editor(walt, post.id)
    tab.send(body="One.\n\nTwo changed.\n")
    stale = walt.read(f"/blog/edit/{post.id}").form({"body": ""}, "save").filled({}, "save")
    # As a program would, past the working copy.
    edith = sign_in(cast.edith)
    page = edith.read(f"/blog/edit/{post.id}").form({"body": ""}, "save")
    page = page.filled({"body": "One by Edith.\n\nTwo changed.\n"}, "save")
    edith.post(f"/blog/edit/{post.id}", data=page)
    assert walt.post(f"/blog/edit/{post.id}", data=stale).status_code == 303
    assert tab.shown()["body"] == "One by Edith.\n\nTwo changed.\n"


def test_the_first_autosave_of_a_new_post_makes_one_draft(walt, cast, editor):
    token = walt.form_token()
    sent = {"title": "", "body": "It begins.", "client": "new-tab", "sequence": 1}
    answers = [walt.post("/blog/create", json=sent, headers={"X-CSRF-Token": token}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    first, second = (answer.get_json() for answer in answers)
    assert first["id"] == second["id"]
    assert answers[0].headers["Location"] == f"/blog/edit/{first['id']}"
    shown = walt.read(first["edit_url"]).form({"body": ""}, "save").values
    assert (shown["title"][0], shown["body"][0]) == ("", "It begins.")
    # The address is made from the title, once there is one.
    assert walt.fill_in(first["edit_url"], title="The ferry", button="publish").status_code == 303
    assert "It begins." in walt.get("/blog/post/the-ferry").text


def test_refusals_say_what_is_wrong_in_json(walt, client, sign_in, cast, editor):
    post = DraftFactory(author=cast.walt)
    tab = editor(walt, post.id)
    sent = {"body": "x", "base_version": 1, "client": "c", "sequence": 1}
    signed_out = client.put(tab.url, json=sent)
    assert (signed_out.status_code, signed_out.mimetype) == (401, "application/problem+json")
    assert walt.put(tab.url, json=sent).status_code == 400
    assert sign_in(cast.colin).put(tab.url, json=sent, headers={"X-CSRF-Token": "x"}).status_code == 400
    assert tab.put({"title": "x" * 301, "sequence": 1}).get_json()["errors"]["title"]
    assert tab.put({"body": 7, "sequence": 1}).get_json()["errors"]["body"]
    assert tab.put({"body": "x", "sequence": -1}).status_code == 422
    assert tab.put({"body": "x", "sequence": 1, "more": 1}).status_code == 422
    assert tab.put({"body": "x" * (9 * 1024 * 1024), "sequence": 1}).status_code == 413
    colin = sign_in(cast.colin)
    answer = colin.put(tab.url, json=sent, headers={"X-CSRF-Token": colin.form_token()})
    assert answer.status_code == 404


def test_hostile_texts_are_stored_or_replaced(walt, cast, editor):
    post = DraftFactory(author=cast.walt)
    tab = editor(walt, post.id)
    answer = tab.send(body="a\0b\ud83d c\u2028d\u00e9\U0001f600")
    assert answer.status_code == 200
    assert answer.get_json()["merged"]
    assert tab.shown()["body"] == "a\ufffdb\ufffd c\u2028d\u00e9\U0001f600"
    line = "word " * 200_000
    assert tab.send(body=line).status_code == 200
    assert tab.send(body=line[:500] + "x" + line[500:]).status_code == 200
    assert tab.shown()["body"] == line[:500] + "x" + line[500:]
    # A page that names a version nobody knows: nothing is replaced.
    assert (
        tab.put({"body": "other", "base_version": 999_999, "client": "new", "sequence": 1}).status_code == 409
    )
    assert tab.shown()["body"] == line[:500] + "x" + line[500:]


def test_a_writer_whose_right_ended_keeps_the_text(app, walt, cast, editor):
    post = DraftFactory(author=cast.walt, body="Begun.")
    tab = editor(walt, post.id)
    tab.send(body="Begun. More.")
    with app.app_context():
        reader = select(Role.id).where(Role.name == "reader").scalar_subquery()
        db.session.execute(update(User).where(User.id == cast.walt.id).values(role_id=reader))
        db.session.commit()
    answer = tab.send(body="Begun. More. And the last words.")
    assert answer.status_code == 403
    page = walt.get(answer.get_json()["copy_url"])
    assert page.status_code == 200
    assert "And the last words." in document(page).text("//main")


@pytest.mark.databases("sqlite")
def test_a_former_writer_gets_no_text_that_others_typed(app, walt, sign_in, cast, editor):
    post = DraftFactory(author=cast.walt, title="Rivers", body="Begun.")
    tab = editor(walt, post.id)
    tab.send(title="Rivers and lakes", body="Begun. More.")
    with app.app_context():
        author = update(Post).where(Post.id == post.id).values(author_id=cast.edith.id)
        db.session.execute(author)
        db.session.commit()
    secret = editor(sign_in(cast.edith), post.id, "tab-2")
    secret.send(title="A secret title", body="A secret text.", summary="A secret summary.")
    exported = walt.press("/auth/privacy", "json", action="/auth/privacy/download")
    [own] = exported.json["working_copies"]
    assert (own["title"], own["body"]) == ("Rivers and lakes", "Begun. More.")
    assert "secret" not in exported.text
    for client, title in (("tab-1", "Rivers and lakes"), ("new", "")):
        sent = {"body": "My last words.", "base_version": secret.version, "client": client, "sequence": 2}
        answer = tab.put(sent)
        assert (answer.status_code, answer.get_json()["yours"]["title"]) == (403, title)
        assert "secret" not in answer.text + walt.get(answer.get_json()["copy_url"]).text


@pytest.mark.databases("sqlite")
def test_an_autosave_into_the_trash_is_refused_and_kept(walt, cast, editor):
    post = DraftFactory(author=cast.walt, body="Begun.")
    tab = editor(walt, post.id)
    tab.send(body="Begun. More.")
    assert walt.post(f"/blog/delete/{post.id}", data={"csrf_token": tab.token}).status_code == 303
    answer = tab.send(body="Begun. More. And on.")
    assert answer.status_code == 403
    assert "in the trash" in answer.get_json()["detail"]
    assert tab.shown()["body"] == "Begun. More."
    url = answer.get_json()["copy_url"]
    page = document(walt.get(url)).text("//main")
    assert "in the trash" in page
    assert "And on." in page
    # After the post is restored, the text can be merged.
    walt.post(f"/blog/restore/{post.id}", data={"csrf_token": tab.token})
    assert walt.read(url).form({"body": ""}, "save").values["body"][0] == "Begun. More. And on."
    assert tab.send(body="Begun. More. And on.").status_code == 200


def test_an_autosave_writes_what_changed(app, walt, cast, editor):
    body = "".join(f"Line {number} of a long text about rivers.\n" for number in range(2_500))
    post = DraftFactory(author=cast.walt, body=body)
    tab = editor(walt, post.id)
    typed = 0
    for number in (100, 900, 2_000):
        body = body.replace(f"Line {number} of", f"Line {number}, a sentence typed within two seconds, of")
        typed += len(", a sentence typed within two seconds,")
        tab.send(body=body)
    with app.app_context():
        written = db.session.scalars(select(WorkingCopyChange.changes)).all()
    assert sum(map(len, written)) <= 2 * typed
    assert tab.shown()["body"] == body


def test_discarding_keeps_the_text_in_the_history(app, walt, cast, editor):
    post = DraftFactory(author=cast.walt, body="Saved.")
    tab = editor(walt, post.id)
    tab.send(body="Saved. Typed.")
    answer = walt.delete(tab.url, headers={"X-CSRF-Token": tab.token})
    assert answer.status_code == 204
    assert tab.shown()["body"] == "Saved."
    assert revisions(app, post.id)[-1] == ("discarded", "Saved. Typed.")
    assert editor(walt, post.id, "reloaded").send(body="Saved. Anew.").status_code == 200
    assert tab.shown()["body"] == "Saved. Anew."


def test_what_closed_editors_left_is_deleted_after_a_month(app, walt, cast, editor, time_machine):
    post = DraftFactory(author=cast.walt, body="One.")
    tab = editor(walt, post.id)
    tab.send(body="One. Two.")
    walt.press(f"/blog/edit/{post.id}", "save")
    tab.send(body="One. Two. Three.")
    now = clock.now()

    def left(days):
        time_machine.move_to(now + timedelta(days=days), tick=False)
        tasks.forget_old_autosaves()
        counts = [select(func.count()).select_from(table) for table in (WorkingCopyChange, EditingLease)]
        return [db.session.scalar(count) for count in counts]

    with app.app_context():
        assert left(days=29) == [3, 1]
        # The open part stays: the working copy's text is made of it.
        assert left(days=31) == [1, 0]
        copy = journal.copy_of(post.id)
        assert journal.head_text(post.id, copy).body == "One. Two. Three."


def test_presence_lasts_as_long_as_the_editor_is_open(walt, sign_in, cast, editor, time_machine):
    post = DraftFactory(author=cast.walt)
    edith = sign_in(cast.edith)
    tab, other = editor(walt, post.id), editor(edith, post.id, "tab-2")
    url, headers = f"/blog/edit/{post.id}/presence", {"X-CSRF-Token": other.token}
    assert edith.post(url, json={"client": "tab-2"}, headers=headers).get_json()["others"] == []
    assert tab.send(body="x").get_json()["others"][0]["username"] == "edith"
    edith.post(url, json={"client": "tab-2", "leaving": True}, headers=headers)
    assert tab.send(body="xy").get_json()["others"] == []
