"""What passes an interface?

libpcap captures, with its filter in the kernel. `siptui.capture.netlink` knows what
interfaces there are.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

import pcapy

from siptui.capture import Statistics
from siptui.capture.containers import printable
from siptui.capture.netlink import Interface, interfaces, no_right
from siptui.errors import SiptuiError
from siptui.record import Frame

__all__ = ["Interface", "InterfaceSource", "default_filter", "interfaces", "open_interface"]

BUFFER = 64_000_000
"""Bytes that the kernel may hold until they are read, where nothing else is said."""
SNAPLEN = 262_144
"""Bytes captured of a packet at most: libpcap's own maximum, more than any packet has."""

_TIMEOUT = 50
"""Milliseconds after which the kernel hands out a block that is not yet full."""
_BATCH = struct.Struct("=IIII")
_NO_SUCH_DEVICE = -5
_NO_RIGHT = (-8, -11)
_IS_DOWN = -9

_LINKTYPES = {11: 100, 12: 101, 13: 102, 14: 103}
"""LINKTYPE_ numbers where Linux's DLT_ numbers differ (https://www.tcpdump.org/linktypes.html)."""


def default_filter(ports: Sequence[int], *, tags: bool = True) -> str:
    """Return the kernel filter for SIP on `ports`, over UDP, TCP and SCTP.

    Fragments pass, for only the first one has ports; so does IPv6 with other extension headers, in
    which libpcap does not look for ports, unless ICMPv6 follows at once. With `tags` all of it also
    passes behind one or two VLAN tags: in the language of filters, ``vlan`` moves everything that
    stands behind it by one tag, hence the order and the nesting.
    """
    runs: list[list[int]] = []
    for port in sorted(set(ports)):
        if runs and runs[-1][1] == port - 1:
            runs[-1][1] = port
        else:
            runs.append([port, port])
    wanted = [f"port {a}" if a == b else f"portrange {a}-{b}" for a, b in runs]
    # Hop-by-hop options, routing and destination options (RFC 8200 section 4).
    extended = "((ip6[6] = 0 or ip6[6] = 43 or ip6[6] = 60) and ip6[40] != 58)"
    plain = " or ".join([*wanted, "ip[6:2] & 0x3fff != 0", "ip6[6] = 44", extended])
    return f"{plain} or (vlan and ({plain} or (vlan and ({plain}))))" if tags else plain


def open_interface(
    name: str,
    bpf: str | None = None,
    ports: Sequence[int] = (5060, 5061),
    *,
    buffer_size: int = BUFFER,
) -> InterfaceSource:
    """Capture from the interface `name`, or from all by ``any``.

    `bpf` is a filter in tcpdump's language; without it, SIP on `ports` is captured. `buffer_size`
    is in bytes. Raises SiptuiError if there is no such interface, no right, or the filter is wrong.
    """
    try:
        handle = pcapy.create(name)
        handle.set_snaplen(SNAPLEN)
        handle.set_promisc(name != "any")
        handle.set_buffer_size(min(buffer_size, 2**31 - 1))
        handle.set_timeout(_TIMEOUT)
        status = handle.activate()
    except (pcapy.PcapError, ValueError) as error:
        raise SiptuiError(_refusal(name, -1, str(error))) from None
    if status < 0:
        raise SiptuiError(_refusal(name, status, ""))
    try:
        handle.setnonblock(1)
        if name == "lo":
            # Every packet passes lo twice, going out and coming in.
            handle.setdirection(pcapy.PCAP_D_IN)
        _set_filter(handle, bpf, ports)
    except BaseException:
        handle.close()
        raise
    return InterfaceSource(handle, name)


def _set_filter(handle: pcapy.Reader, bpf: str | None, ports: Sequence[int]) -> None:
    if bpf:
        try:
            handle.setfilter(bpf)
        except pcapy.PcapError as error:
            reason = printable(str(error))
            raise SiptuiError(
                f"the kernel filter {printable(bpf)!r} is wrong: {reason} ('man pcap-filter')"
            ) from None
        return
    try:
        handle.setfilter(default_filter(ports))
    except pcapy.PcapError:
        # Only Ethernet knows the word `vlan`. On `any` the kernel has taken the tag off before.
        handle.setfilter(default_filter(ports, tags=False))


def _refusal(name: str, status: int, reason: str) -> str:
    """Return the sentence for an interface that could not be opened."""
    shown = printable(name)
    if status in _NO_RIGHT:
        return no_right(shown)
    if status == _NO_SUCH_DEVICE:
        names = ", ".join(each.name for each in interfaces())
        return f"there is no interface {shown}; there are {names}"
    if status == _IS_DOWN:
        return f"the interface {shown} is down; 'sudo ip link set {shown} up' brings it up"
    return f"cannot capture on {shown}: {printable(reason) or _reason(name)}"


def _reason(name: str) -> str:
    """Return why libpcap cannot open `name`: it only says so where it opens in one step."""
    try:
        pcapy.open_live(name, SNAPLEN, 0, _TIMEOUT).close()
    except pcapy.PcapError as error:
        return printable(str(error))
    return "libpcap gives no reason"


class InterfaceSource:
    """Read frames from an activated libpcap handle."""

    live = True

    def __init__(self, handle: pcapy.Reader, name: str) -> None:
        """Read from `handle`, which it owns from now on."""
        self.name = printable(name)
        self.finished = False
        self._handle = handle
        self._descriptor: int = handle.getfd()
        self._link: int = _LINKTYPES.get(handle.datalink(), handle.datalink())
        self._received = 0
        self._dropped = 0
        self._notice = ""

    def fileno(self) -> int:
        """Return the descriptor that is readable while frames wait, -1 once closed."""
        return self._descriptor

    def read(self, limit: int) -> list[Frame]:
        """Return up to `limit` frames that have been captured.

        Their length on the wire is taken to be what was captured: with this snapshot length the two
        do not differ, and libpcap's quick way does not tell.
        """
        if self.finished:
            return []
        try:
            data, places = self._handle.next_batch(limit)
        except pcapy.PcapError as error:
            self.finished = True
            self._notice = f"capturing on {self.name} has ended: {printable(str(error))}"
            return []
        link, name = self._link, self.name
        frames = [
            Frame(
                (second * 1_000_000 + microsecond) * 1000,
                data[start : start + length],
                link,
                length,
                name,
            )
            for second, microsecond, start, length in _BATCH.iter_unpack(places)
        ]
        self._received += len(frames)
        return frames

    def statistics(self) -> Statistics:
        """Return how many frames were read, and how many the kernel or the interface dropped."""
        if self._descriptor >= 0:
            try:
                _, kernel, interface = self._handle.stats()
                self._dropped = kernel + interface
            except pcapy.PcapError:
                pass
        return Statistics(
            received=self._received, dropped_kernel=self._dropped, notice=self._notice
        )

    def close(self) -> None:
        """Stop capturing; harmless if done twice."""
        self.finished = True
        if self._descriptor >= 0:
            self.statistics()
            self._descriptor = -1
            self._handle.close()
