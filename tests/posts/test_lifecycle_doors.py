"""Each step of a post's life has a control for each role that may take it, by each door; and nobody else has one."""

from datetime import timedelta

import pytest

from masthead import clock
from masthead.posts import admin, lifecycle, queries
from masthead.posts.lifecycle import State, Status, Transition
from tests.factories import DraftFactory, PostFactory
from tests.support.visitors import document

#: Where the control of each step is. A sentence is the reason why a door has none.
DOORS = {
    Transition.SUBMIT: {
        "desk": "submit",
        "list": "An editor who has the post in front of them publishes it.",
        "api": "submit",
    },
    Transition.WITHDRAW: {
        "desk": "withdraw",
        "list": "The list is for other people's posts, and only its author withdraws a post.",
        "api": "withdraw",
    },
    Transition.RETURN: {"desk": "return", "list": "return", "api": "return"},
    Transition.PUBLISH: {"desk": "publish", "list": "publish", "api": "publish"},
    Transition.UNPUBLISH: {"desk": "unpublish", "list": "unpublish", "api": "unpublish"},
    Transition.TRASH: {"desk": "/blog/delete/{id}", "list": "trash", "api": "DELETE"},
    Transition.RESTORE: {"desk": "/blog/restore/{id}", "list": "restore", "api": "restore"},
}
EDITORS, WRITERS = ("ada", "edith"), ("walt", "colin")
OTHERS = ("mona", "rhea")
STATES = list(State)


def control(step, door):
    """The control of a step; None where there is a reason for none."""
    found = DOORS[step][door]
    return None if found.endswith(".") else found


def make(state, author):
    """A post in this state."""
    match state:
        case State.PUBLISHED:
            return PostFactory(author=author)
        case State.SCHEDULED:
            return PostFactory(author=author, published_at=clock.now() + timedelta(days=2))
    return DraftFactory(author=author, status=Status(state.value))


def may(name, step, *, is_own, state):
    """Who may take a step, written down once more: the rule that all doors are held to."""
    if name in EDITORS:
        return is_own if step is Transition.WITHDRAW else True
    if name in OTHERS or not is_own or step is Transition.RETURN:
        return False
    if step in {Transition.PUBLISH, Transition.UNPUBLISH}:
        return name == "walt"
    return name == "walt" or state not in {State.PUBLISHED, State.SCHEDULED}


def is_possible(step, state):
    """Whether a post in this state can take it."""
    status = Status.PUBLIC if state in {State.PUBLISHED, State.SCHEDULED} else Status(state.value)
    return status in lifecycle.TRANSITIONS[step][0]


@pytest.fixture
def state_of(app):
    def read(post):
        with app.app_context():
            return queries.get(post.id).state

    return read


def after(step):
    """The state in which a post is after a step."""
    result = lifecycle.TRANSITIONS[step][1]
    return State.PUBLISHED if result is Status.PUBLIC else State(result.value)


def cases():
    """Everybody with their own post and with somebody else's."""
    return [
        pytest.param(name, is_own, id=f"{name}-{'own' if is_own else 'other'}")
        for name in (*EDITORS, *WRITERS, *OTHERS)
        for is_own in (True, False)
        # Whoever may not write owns nothing.
        if not (is_own and name in OTHERS)
    ]


def test_each_step_says_by_which_control_it_is_taken(app):
    assert DOORS.keys() == set(Transition)
    assert {control(step, "list") for step in Transition} - {None} == admin.STEPS.keys()
    rules = {rule.rule for rule in app.url_map.iter_rules()}
    for step in Transition:
        name = control(step, "api")
        path = "/api/v1/posts/<slug>" + ("" if name == "DELETE" else f"/{name}")
        assert path in rules


@pytest.mark.parametrize(("name", "is_own"), cases())
def test_the_editor_shows_the_steps_that_are_possible_and_each_works(sign_in, cast, state_of, name, is_own):
    person = getattr(cast, name)
    visitor = sign_in(person)
    author = person if is_own else (cast.walt if name != "walt" else cast.colin)
    for state in STATES:
        expected = {
            step
            for step in Transition
            if is_possible(step, state) and may(name, step, is_own=is_own, state=state)
        }
        for step in Transition:
            post = make(state, author)
            if step not in _offered(visitor, post):
                assert step not in expected or _is_needless(step, state, is_own=is_own), (state, step)
                continue
            assert step in expected, (state, step)
            response = _take(visitor, post, step)
            assert response.status_code in {302, 303}, (state, step, document(response).errors)
            assert state_of(post) is after(step), (state, step)


def _is_needless(step, state, *, is_own):
    """What would change nothing has no button: handing in what is handed in, publishing what is public; and who can
    withdraw a post sends it back to nobody."""
    return (
        (step is Transition.SUBMIT and state is State.IN_REVIEW)
        or (step is Transition.PUBLISH and state in {State.PUBLISHED, State.SCHEDULED})
        or (step is Transition.RETURN and is_own)
    )


def _offered(visitor, post):
    """The steps whose control the desk shows for a post."""
    response = visitor.get(f"/blog/edit/{post.id}")
    if response.status_code != 200:
        return set()
    page = document(response)
    offered = {value for form in page.forms for _, value in form.buttons} | {
        form.action for form in page.forms
    }
    offered |= set(page.links)
    return {step for step in Transition if control(step, "desk").format(id=post.id) in offered}


def _take(visitor, post, step):
    found = control(step, "desk").format(id=post.id)
    if not found.startswith("/"):
        return visitor.press(f"/blog/edit/{post.id}", found)
    if step is Transition.TRASH:
        return visitor.press(found, "", action="")
    return visitor.press(f"/blog/edit/{post.id}", action=found)


@pytest.mark.parametrize("name", ["edith", "ada"])
def test_the_list_of_all_posts_takes_its_steps(sign_in, cast, state_of, name):
    visitor = sign_in(getattr(cast, name))
    for state in STATES:
        for step in Transition:
            button = control(step, "list")
            post = make(state, cast.walt)
            page = visitor.read(f"/admin/posts?state={state.value}")
            is_shown = any(button == value for form in page.forms for _, value in form.buttons)
            needed = is_possible(step, state) and not _is_needless(step, state, is_own=False)
            if button is None or not is_shown:
                assert button is None or not needed, (state, step)
                continue
            assert is_possible(step, state), (state, step)
            visitor.fill_in(f"/admin/posts?state={state.value}", post=[str(post.id)], button=button)
            assert state_of(post) is after(step), (state, step)


@pytest.mark.parametrize(("name", "is_own"), cases())
def test_the_api_takes_the_steps_that_are_possible_and_refuses_the_rest(as_, cast, state_of, name, is_own):
    person = getattr(cast, name)
    call = as_(person)
    author = person if is_own else (cast.walt if name != "walt" else cast.colin)
    for state in STATES:
        for step in Transition:
            post = make(state, author)
            name_of = control(step, "api")
            if name_of == "DELETE":
                response = call("DELETE", f"/posts/{post.slug}", etag=f'"{post.version}"')
            else:
                response = call("POST", f"/posts/{post.slug}/{name_of}")
            if may(name, step, is_own=is_own, state=state) and is_possible(step, state):
                assert response.status_code in {200, 204}, (state, step, response.text)
                assert state_of(post) is after(step), (state, step)
            else:
                assert response.status_code in {403, 404, 409}, (state, step, response.text)
                assert state_of(post) is state, (state, step)
