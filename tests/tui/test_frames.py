"""What arrives is drawn as often as the settings and the line to the terminal allow."""

from __future__ import annotations

import io

from siptui.tui.frames import AGAIN, Frames, Line
from tests.tui.monitoring import Clock


class SlowFile(io.StringIO):
    """Take some seconds for each text, as a terminal does that is blocked."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        super().__init__()
        self.clock = clock
        self.seconds = seconds

    def write(self, text: str) -> int:
        self.clock.now += self.seconds
        return super().write(text)


def follow(frames: Frames, line: Line, clock: Clock, seconds: float, text: str) -> int:
    """Draw as often as may be; return how many frames that were."""
    count, until = 0, clock.now + seconds
    while clock.now < until:
        wait = frames.wait()
        if not wait:
            line.write(text)
            frames.drawn()
            count += 1
        clock.now += max(wait, 0.001)
    return count


def test_frames_come_at_the_rate_of_the_settings() -> None:
    clock = Clock(100.0)
    line = Line(io.StringIO(), clock)
    assert 39 <= follow(Frames(4, 10**6, line, clock), line, clock, 10, "x" * 500) <= 41


def test_a_bandwidth_makes_frames_rare_and_is_kept() -> None:
    clock = Clock(100.0)
    line = Line(io.StringIO(), clock)
    count = follow(Frames(4, 1000, line, clock), line, clock, 60, "é" * 1000)
    assert 29 <= count <= 31
    assert line.written <= 60 * 1000 + 2000


def test_what_keys_write_is_paid_by_what_arrives() -> None:
    clock = Clock(100.0)
    line = Line(io.StringIO(), clock)
    frames = Frames(4, 1000, line, clock)
    assert frames.wait() == 0
    frames.drawn()
    line.write("k" * 5000)
    assert 4.9 < frames.wait() <= 5.0


def test_time_without_frames_is_not_saved_up() -> None:
    clock = Clock(100.0)
    line = Line(io.StringIO(), clock)
    frames = Frames(4, 1000, line, clock)
    clock.now += 3600
    assert frames.wait() == 0
    line.write("x" * 2000)
    frames.drawn()
    assert frames.wait() >= 1.9


def test_a_terminal_that_takes_long_gets_less() -> None:
    clock = Clock(100.0)
    line = Line(SlowFile(clock, 2.0), clock)
    # Two seconds for the line to carry a frame, two more in which it is free for keys.
    assert 14 <= follow(Frames(4, 10**6, line, clock), line, clock, 60, "x") <= 16


def test_nothing_is_drawn_on_top_of_what_the_terminal_has_not_taken() -> None:
    clock = Clock(100.0)
    line = Line(io.StringIO(), clock)
    frames = Frames(4, 10**6, line, clock)
    line.busy = True
    clock.now += 10
    assert frames.wait() == AGAIN
    line.busy = False
    assert frames.wait() == 0


def test_a_terminal_that_is_gone_takes_everything() -> None:
    class Gone(io.StringIO):
        def write(self, text: str) -> int:
            raise OSError(5, "Input/output error")

        flush = lambda self: self.write("")  # noqa: E731

    line = Line(Gone())
    assert line.write("text") == 4
    line.flush()
    assert not line.busy


def test_without_a_terminal_only_the_rate_counts() -> None:
    clock = Clock(100.0)
    frames = Frames(2, 1, None, clock)
    frames.drawn()
    assert frames.wait() == 0.5
