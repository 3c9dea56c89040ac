"""In which order are the frames of several capture files read? By their time stamps."""

from __future__ import annotations

import selectors
from collections.abc import Sequence
from heapq import merge as merge_sorted
from operator import attrgetter

from siptui.capture import Source, Statistics
from siptui.record import Frame

_time = attrgetter("time")


def merge(sources: Sequence[Source]) -> Source:
    """Return one source of all frames of `sources`, which must be files, in order of time."""
    return sources[0] if len(sources) == 1 else _Merged(sources)


class _Merged:
    """Read several files side by side."""

    live = False
    finished = False

    def __init__(self, sources: Sequence[Source]) -> None:
        self.name = f"{sources[0].name} and {len(sources) - 1} more"
        self._sources = list(sources)
        self._waiting: dict[int, list[Frame]] = {}
        self._lacking = selectors.DefaultSelector()
        """The pipes among them without which it is not known what comes next."""
        self._pipes = any(source.fileno() >= 0 for source in sources)

    def fileno(self) -> int:
        """Return a descriptor that is readable when what is lacking has come, -1 for files alone.

        It stands for those pipes only that are waited for at the moment.
        """
        return self._lacking.fileno() if self._pipes else -1

    def read(self, limit: int) -> list[Frame]:
        """Return what is certain to come next: up to the earliest last frame in hand."""
        if not self._fill(limit):
            return []
        in_hand = {index: frames for index, frames in self._waiting.items() if frames}
        if not in_hand:
            self.finished = True
            return []
        horizon = min(
            (frames[-1].time for index, frames in in_hand.items()
             if not self._sources[index].finished),
            default=None,
        )  # fmt: skip
        ready: list[list[Frame]] = []
        for index, frames in in_hand.items():
            # A file whose stamps run backwards is taken as it stands rather than held up for ever.
            stop = len(frames)
            if horizon is not None and frames[-1].time > horizon:
                stop = next(at for at, frame in enumerate(frames) if frame.time > horizon)
            ready.append(frames[:stop])
            self._waiting[index] = frames[stop:]
        return list(merge_sorted(*ready, key=_time))

    def _fill(self, limit: int) -> bool:
        """Get frames of each source that has none in hand; return whether none is lacking."""
        complete = True
        for index, source in enumerate(self._sources):
            descriptor = source.fileno()
            while not self._waiting.get(index) and not source.finished:
                self._waiting[index] = source.read(limit)
                if not self._waiting[index] and not source.finished and descriptor >= 0:
                    self._wait_for(descriptor)
                    complete = False
                    break
            else:
                self._forget(descriptor)
        return complete

    def _wait_for(self, descriptor: int) -> None:
        if descriptor not in self._lacking.get_map():
            self._lacking.register(descriptor, selectors.EVENT_READ)

    def _forget(self, descriptor: int) -> None:
        if descriptor >= 0 and descriptor in self._lacking.get_map():
            self._lacking.unregister(descriptor)

    def statistics(self) -> Statistics:
        """Return the sums over all files, and every notice."""
        each = [source.statistics() for source in self._sources]
        progress = [one.progress for one in each if one.progress is not None]
        return Statistics(
            received=sum(one.received for one in each),
            progress=sum(progress) / len(progress) if progress else None,
            notice=" · ".join(one.notice for one in each if one.notice),
        )

    def close(self) -> None:
        """Close all files."""
        self._lacking.close()
        for source in self._sources:
            source.close()
