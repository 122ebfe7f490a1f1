import threading

import pytest

from masthead.circuit_breaker import OPEN_SECONDS, Circuit


class Time:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def time():
    return Time()


@pytest.fixture
def circuit(time):
    return Circuit("a server", OSError, clock=time)


def refuse():
    raise ConnectionRefusedError("no")


def test_answers_come_through_a_closed_circuit(circuit):
    assert circuit.call(lambda: "there", lambda: "here") == "there"


def test_failure_is_answered_from_here_and_opens_the_circuit(circuit):
    assert circuit.call(refuse, lambda: "here") == "here"
    assert circuit.is_open
    # Nobody asks the server now, even if it were well.
    assert circuit.call(lambda: "there", lambda: "here") == "here"


def test_server_is_asked_again_after_a_while(circuit, time):
    circuit.call(refuse, lambda: "here")
    time.now = OPEN_SECONDS
    assert circuit.call(lambda: "there", lambda: "here") == "there"
    assert not circuit.is_open


def test_second_failure_opens_it_anew(circuit, time):
    circuit.call(refuse, lambda: "here")
    time.now = OPEN_SECONDS
    circuit.call(refuse, lambda: "here")
    time.now = 2 * OPEN_SECONDS - 0.1
    assert circuit.call(lambda: "there", lambda: "here") == "here"


def test_one_caller_tries_while_the_others_go_on(circuit, time):
    circuit.call(refuse, lambda: "here")
    time.now = OPEN_SECONDS
    trying, answers = threading.Event(), []

    def slow():
        trying.set()
        answers.append(circuit.call(lambda: "asked as well", lambda: "here"))
        return "there"

    assert circuit.call(slow, lambda: "here") == "there"
    assert answers == ["here"]


def test_other_errors_are_the_callers(circuit):
    with pytest.raises(ZeroDivisionError):
        circuit.call(lambda: 1 // 0, lambda: 0)
    assert not circuit.is_open
