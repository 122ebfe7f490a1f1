import threading
import time

from masthead.fair_semaphore import FairSemaphore

SECONDS = 20


def wait_until(is_so):
    deadline = time.monotonic() + SECONDS
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.001)


def test_waiters_are_served_in_the_order_in_which_they_came():
    semaphore = FairSemaphore(1)
    assert semaphore.acquire(waiting=0, seconds=0)
    served = []

    def work(number):
        assert semaphore.acquire(waiting=50, seconds=SECONDS)
        served.append(number)
        semaphore.release()

    threads = []
    for number in range(20):
        threads.append(threading.Thread(target=work, args=(number,)))
        threads[-1].start()
        wait_until(lambda: semaphore.waiting == len(threads))
    semaphore.release()
    # The place was handed over already: somebody who comes now is no newcomer's luck.
    for thread in threads:
        thread.join(SECONDS)
    assert served == list(range(20))


def test_newcomer_does_not_go_before_who_waits():
    semaphore = FairSemaphore(1)
    assert semaphore.acquire(waiting=0, seconds=0)
    waiter = threading.Thread(target=lambda: semaphore.acquire(waiting=1, seconds=SECONDS))
    waiter.start()
    wait_until(lambda: semaphore.waiting == 1)
    semaphore.release()
    assert not semaphore.acquire(waiting=0, seconds=0)
    waiter.join(SECONDS)


def test_who_waits_too_long_leaves_the_line():
    semaphore = FairSemaphore(1)
    assert semaphore.acquire(waiting=0, seconds=0)
    assert not semaphore.acquire(waiting=1, seconds=0.01)
    assert semaphore.waiting == 0
    semaphore.release()
    assert semaphore.acquire(waiting=0, seconds=0)


def test_place_taken_again_beyond_the_number_is_paid_back():
    semaphore = FairSemaphore(1)
    assert semaphore.acquire(waiting=0, seconds=0)
    semaphore.retake()
    semaphore.release()
    assert not semaphore.acquire(waiting=0, seconds=0)
    semaphore.release()
    assert semaphore.acquire(waiting=0, seconds=0)


def test_no_place_is_lost_or_doubled_when_waits_end_as_places_become_free():
    semaphore = FairSemaphore(3)
    inside, most = [], []

    def work():
        for _ in range(200):
            if semaphore.acquire(waiting=5, seconds=0.0005):
                inside.append(1)
                most.append(len(inside))
                time.sleep(0.0002)
                inside.pop()
                semaphore.release()

    threads = [threading.Thread(target=work) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert max(most) <= 3
    assert [semaphore.acquire(waiting=0, seconds=0) for _ in range(4)] == [True, True, True, False]
