"""Tasks of several threads, with someone at the keyboard who may not want to wait."""

from __future__ import annotations

import _thread
import threading
import time
from collections.abc import Callable
from functools import partial

import pytest

from netsim.probe.threads import Crew, at_once, wait_for


def test_the_wait_has_an_end() -> None:
    going = threading.Event()
    threads = [threading.Thread(target=going.wait, args=(30,), daemon=True) for _ in range(3)]
    for thread in threads:
        thread.start()
    begin = time.monotonic()
    wait_for([*threads, threading.Thread()], 0.3)
    assert 0.2 < time.monotonic() - begin < 2
    threading.Timer(0.2, _thread.interrupt_main).start()
    wait_for(threads, 20)
    assert time.monotonic() - begin < 5
    going.set()
    wait_for(threads)
    assert not [thread for thread in threads if thread.is_alive()]


def test_a_crew_does_all_and_more_than_once() -> None:
    crew: Crew[int] = Crew(3)
    found: dict[int, int] = {}
    for _ in range(2):
        crew.work([partial(pow, number, 2) for number in range(20)], found.__setitem__)
        assert found == {number: number**2 for number in range(20)}
        found.clear()
    crew.work([], found.__setitem__)
    assert not found


def test_an_interrupt_begins_nothing_and_keeps_what_has_come() -> None:
    told = threading.Event()
    begun: list[int] = []

    def task(number: int) -> int:
        begun.append(number)
        if number < 2:
            return number
        told.wait(20)
        return number

    crew: Crew[int] = Crew(2)
    found: dict[int, int] = {}
    threading.Timer(0.3, _thread.interrupt_main).start()
    with pytest.raises(KeyboardInterrupt):
        crew.work([partial(task, number) for number in range(9)], found.__setitem__)
    assert set(found) == {0, 1}
    told.set()
    crew.end(found.__setitem__)
    assert set(found) == {0, 1, 2, 3}
    assert set(begun) == {0, 1, 2, 3}


def never() -> None:
    raise AssertionError("nobody pressed Ctrl-C")


def test_answers_come_in_the_order_of_the_questions() -> None:
    def slow(number: int) -> int:
        time.sleep(0.02 * (5 - number))
        return number

    assert at_once([partial(slow, number) for number in range(5)], never) == [0, 1, 2, 3, 4]
    assert at_once([], never) == []


def test_the_first_question_goes_alone() -> None:
    """It may be the one that makes the user log in."""
    running: list[int] = []
    most: list[int] = []

    def question(number: int) -> None:
        running.append(number)
        most.append(len(running) if 0 in running else 1)
        time.sleep(0.05)
        running.remove(number)

    at_once([partial(question, number) for number in range(4)], never)
    assert max(most) == 1


def failing(text: str) -> Callable[[], str]:
    def question() -> str:
        raise ValueError(text)

    return question


@pytest.mark.parametrize(
    ("questions", "text"),
    [
        ([failing("first"), failing("second")], "first"),
        ([str, failing("second"), failing("third")], "second"),
    ],
)
def test_an_error_is_that_of_the_first_question(
    questions: list[Callable[[], str]], text: str
) -> None:
    with pytest.raises(ValueError, match=text):
        at_once(questions, never)


def test_an_interrupt_ends_the_questions() -> None:
    told = threading.Event()
    threading.Timer(0.2, _thread.interrupt_main).start()
    with pytest.raises(KeyboardInterrupt):
        at_once([told.is_set, *[lambda: told.wait(20)] * 3], told.set)
    assert told.is_set()
