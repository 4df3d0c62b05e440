"""SIGHUP asks for another model, and ends nothing."""

import os
import signal
import threading

from gradewise.cli.service.hangups import hangups_noted, hung_up


def test_a_hangup_is_noted_once() -> None:
    """Also before anybody can look for another model; afterwards signals mean what they meant."""
    before = signal.getsignal(signal.SIGHUP)
    with hangups_noted():
        assert not hung_up()
        os.kill(os.getpid(), signal.SIGHUP)
        assert hung_up()
        assert not hung_up()
        os.kill(os.getpid(), signal.SIGHUP)
    with hangups_noted():
        assert not hung_up()
    assert before is signal.getsignal(signal.SIGHUP)


def test_beside_the_main_thread_signals_are_somebody_elses() -> None:
    """A service within another program leaves them alone."""
    handlers: list[object] = []

    def serve() -> None:
        with hangups_noted():
            handlers.append(signal.getsignal(signal.SIGHUP))

    thread = threading.Thread(target=serve)
    thread.start()
    thread.join()
    assert [signal.getsignal(signal.SIGHUP)] == handlers
