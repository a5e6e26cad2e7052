"""Tasks that are done several at a time, and can be given up."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Generic, TypeVar

_SECONDS = 5.0
_BEAT = 0.05
_STEP = 0.2
_QUESTIONS = 8

T = TypeVar("T")
Take = Callable[[int, T], None]
"""Gets the number of a task, and what it returned."""


class Crew(Generic[T]):
    """Threads for tasks; they are daemons, so that nothing keeps an end waiting."""

    def __init__(self, parallel: int) -> None:
        self._parallel = parallel
        self._threads: list[threading.Thread] = []
        self._waiting: queue.SimpleQueue[tuple[int, Callable[[], T]]] = queue.SimpleQueue()
        self._done: queue.SimpleQueue[tuple[int, T]] = queue.SimpleQueue()

    def work(self, tasks: Sequence[Callable[[], T]], take: Take[T]) -> None:
        """Until all are done; ``take`` is called in this thread.  Tasks must not raise.

        After a ``KeyboardInterrupt`` tell the tasks to end, then call :meth:`end`.
        """
        for each in enumerate(tasks):
            self._waiting.put(each)
        self._threads = [
            threading.Thread(target=self._run, daemon=True)
            for _ in range(min(self._parallel, len(tasks)))
        ]
        for thread in self._threads:
            thread.start()
        for _ in tasks:
            take(*self._next())

    def end(self, take: Take[T]) -> None:
        """Begins no other task, waits a little for those that run, and takes what has come."""
        _emptied(self._waiting)
        wait_for(self._threads)
        for number, found in _emptied(self._done):
            take(number, found)

    def _run(self) -> None:
        while True:
            try:
                number, task = self._waiting.get_nowait()
            except queue.Empty:
                return
            self._done.put((number, task()))

    def _next(self) -> tuple[int, T]:
        """Waits in small steps, as Ctrl-C does not wake every wait on every system."""
        while True:
            with suppress(queue.Empty):
                return self._done.get(timeout=_STEP)


def _emptied(several: queue.SimpleQueue[T]) -> list[T]:
    found = []
    with suppress(queue.Empty):
        while True:
            found.append(several.get_nowait())
    return found


def wait_for(threads: Sequence[threading.Thread], seconds: float = _SECONDS) -> None:
    """Until all have ended, the time is up, or the user presses Ctrl-C once more.

    A daemon thread that wakes while the interpreter is ending may crash it: its exit code
    would be that of the crash.
    """
    end = time.monotonic() + seconds
    with suppress(KeyboardInterrupt):
        # In small steps, as Ctrl-C does not wake every wait on every system.
        while any(thread.is_alive() for thread in threads) and time.monotonic() < end:
            time.sleep(_BEAT)


def at_once(questions: Sequence[Callable[[], T]], stop: Callable[[], None]) -> list[T]:
    """The answers in the order of the questions; raises the first error among them.

    The first question goes alone: the login that it may need is not to be asked for several
    times.  ``stop`` ends what runs when the user does.
    """
    answers: dict[int, T | Exception] = {}
    crew: Crew[T | Exception] = Crew(_QUESTIONS)
    tasks = [_caught(each) for each in questions]
    try:
        crew.work(tasks[:1], lambda _, found: answers.update({0: found}))
        if not isinstance(answers.get(0), Exception):
            crew.work(tasks[1:], lambda number, found: answers.update({number + 1: found}))
    except KeyboardInterrupt:
        stop()
        crew.end(lambda _number, _found: None)
        raise
    return [_raised(answers[number]) for number in sorted(answers)]


def _caught(question: Callable[[], T]) -> Callable[[], T | Exception]:
    def asked() -> T | Exception:
        try:
            return question()
        except Exception as error:  # noqa: BLE001 - raised again by whoever asked
            return error

    return asked


def _raised(answer: T | Exception) -> T:
    if isinstance(answer, Exception):
        raise answer
    return answer
