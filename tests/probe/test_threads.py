"""Waiting for threads, with someone at the keyboard who may not want to."""

from __future__ import annotations

import _thread
import threading
import time

from netsim.probe.threads import wait_for


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
