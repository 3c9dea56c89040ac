"""Several processes decode: the same rows in the same order, whatever becomes of them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path

import pytest

from siptui.decode import Decoder
from siptui.enrich import Enricher
from siptui.record import Frame
from siptui.workers import pack_frames, pack_records, unpack_frames, unpack_records
from tests.benchmarks.traffic import write_capture
from tests.command import PATIENCE, SIPTUI, environment, free_port, is_bound, run, running, until
from tests.decode.wire import RAW, SECOND, START, ip4, options, response, tcp, udp
from tests.made_up import same


def children(pid: int) -> list[int]:
    """Return the processes that a process has forked."""
    try:
        return [int(each) for each in
                Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]  # fmt: skip
    except OSError:
        return []


def is_there(pid: int) -> bool:
    """Tell whether a process runs; one that has ended and waits to be asked for does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def is_root(pid: int) -> bool:
    """Tell whether a process is, or could become, root."""
    status = Path(f"/proc/{pid}/status").read_text()
    user = next(line for line in status.splitlines() if line.startswith("Uid:"))
    return "0" in user.split()


def test_one_process_and_several_say_the_same_of_real_captures(
    tmp_path: Path, shared: Path
) -> None:
    captures = sorted(str(path) for path in (shared / "pcap").glob("*cap*"))
    assert len(captures) > 20
    for files in (captures, [str(shared / "pcap" / "wireshark__MagicJack-_short_call.pcap")]):
        one, three = (run(tmp_path, "-r", *files, "--json", "--workers", workers)
                      for workers in ("1", "3"))  # fmt: skip
        assert one.stdout
        assert one.stdout == three.stdout
        assert (one.stderr, one.returncode) == (three.stderr, three.returncode)


def test_the_order_stays_where_fragments_and_streams_lie_between_datagrams(tmp_path: Path) -> None:
    capture = tmp_path / "mixed.pcap"
    frames = [ip4(tcp(b"", 999, flags=2), 6)]
    stream = 0
    for number in range(1500):
        if number % 7 == 3:
            message = options(f"tcp{number}")
            frames.append(ip4(tcp(message, 1000 + stream), 6))
            stream += len(message)
        elif number % 7 == 5:
            whole = udp(options(f"cut{number}", b"x" * 400))
            frames.append(ip4(whole[:320], number=number, more=True))
            if number % 3:
                frames.append(ip4(whole[320:], number=number, offset=320))
        else:
            frames.append(ip4(udp(options(f"udp{number}"))))
    write(capture, frames)
    one, three = (run(tmp_path, "-r", str(capture), "--json", "--workers", workers).stdout
                  for workers in ("1", "3"))  # fmt: skip
    assert one == three
    calls = [json.loads(line)["call_id"] for line in one.splitlines()]
    assert len(calls) == 1500
    whole = [call for call in calls if not (call.startswith("cut") and int(call[3:]) % 3 == 0)]
    assert whole == sorted(whole, key=lambda call: int(call[3:]))


def write(path: Path, packets: list[bytes]) -> None:
    """Write raw IP packets as a capture file, a millisecond apart."""
    from siptui.pcapng import Section

    section = Section()
    frames = [
        Frame(START + number * SECOND // 1000, packet, RAW, len(packet), "eth0")
        for number, packet in enumerate(packets)
    ]
    path.write_bytes(section.header() + section.blocks(frames))


def test_a_worker_that_dies_loses_nothing_and_is_told_of(tmp_path: Path) -> None:
    capture, output = tmp_path / "traffic.pcap", tmp_path / "rows"
    write_capture(capture, 8_000)
    expected = run(tmp_path, "-r", str(capture), "--json", "--workers", "1").stdout
    with running(tmp_path, output, "-r", str(capture), "--json", "--workers", "3") as process:
        until(lambda: len(children(process.pid)) == 2 and output.stat().st_size > 0)
        for worker in children(process.pid):
            os.kill(worker, signal.SIGKILL)
        assert process.wait(60) == 0
    assert output.read_text() == expected
    assert "a process that helped to decode has died" in output.with_suffix(".errors").read_text()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_no_process_is_left_behind(tmp_path: Path, number: signal.Signals) -> None:
    port = free_port()
    process = subprocess.Popen(
        [*SIPTUI, "--udp", f"127.0.0.1:{port}", "--json", "--no-seen", "--workers", "3"],
        env=environment(tmp_path), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        until(lambda: is_bound(port) and len(children(process.pid)) == 2)
        workers = children(process.pid)
        if os.geteuid() == 0:
            assert not any(is_root(pid) for pid in workers)
        process.send_signal(number)
        process.wait(PATIENCE)
        until(lambda: not any(map(is_there, workers)))
        until(lambda: not is_bound(port))
    finally:
        process.kill()
        process.wait()


def test_the_count_ends_all_at_once(tmp_path: Path) -> None:
    capture = tmp_path / "traffic.pcap"
    write_capture(capture, 5_000)
    done = run(tmp_path, "-r", str(capture), "--json", "--workers", "2", "--count", "300")
    assert len(done.stdout.splitlines()) == 300


def test_what_a_worker_finds_arrives_whole() -> None:
    payloads = [
        options("a") + options("b"), response("c"), b"", b"\r\n\r\n", b"OPTIONS", b"\xff" * 70,
        options("\udc80\xe9".encode("utf-8", "surrogatepass").decode("latin-1")),
        options("auth").replace(b"Content-Length", b"Authorization: Digest x=1\r\nContent-Length"),
    ]  # fmt: skip
    frames = [
        Frame(START + at, packet, RAW, len(packet), "eth0")
        for at, packet in enumerate(ip4(udp(payload)) for payload in payloads)
    ]
    enricher = Enricher()

    def look(some: list[Frame]) -> list:
        found = Decoder().decode(some)
        enricher.look(found)
        return found

    here = look(frames)
    there = unpack_frames(pack_frames(frames))
    arrived = unpack_records(pack_records(look(there), there), frames)
    assert len(here) == len(arrived) == len(payloads) + 1
    for one, other in zip(here, arrived, strict=True):
        assert same(one, other)
        assert (one.says, one.credentials) == (other.says, other.credentials)
