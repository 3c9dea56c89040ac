"""Without a screen: real tools against real sockets, a real capture, real files."""

from __future__ import annotations

import csv
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.command import environment, free_port, is_bound, rows, run, running, until

AGREE = ("src", "sport", "dst", "dport", "transport", "kind", "method", "uri", "ua", "from", "to",
         "call_id", "cseq", "country", "len", "defects", "tool", "labels", "shape")  # fmt: skip


def tool(name: str) -> str:
    found = shutil.which(name, path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def send(port: int, *payloads: bytes) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for payload in payloads:
            sender.sendto(payload, ("127.0.0.1", port))


def call(*command: str) -> None:
    """Run a tool, which may wait for an answer that never comes, until it has surely sent."""
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        process.wait(4)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def test_socket_interface_and_file_agree_on_what_real_tools_send(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("capturing on lo needs root")
    sipsak, sipp, tcpdump = tool("sipsak"), tool("sipp"), tool("tcpdump")
    svmap = tool("sipvicious_svmap")
    port = free_port()
    capture = tmp_path / "capture.pcap"
    by_socket, by_interface = tmp_path / "socket", tmp_path / "interface"
    dump = subprocess.Popen(
        [tcpdump, "-Z", "root", "-i", "lo", "-U", "-w", str(capture), f"udp dst port {port}"],
        stderr=subprocess.PIPE,
    )
    try:
        assert dump.stderr is not None
        assert b"listening" in dump.stderr.readline()
        with (
            running(tmp_path, by_socket, "--udp", f"127.0.0.1:{port}", "--json", "--no-seen"),
            running(tmp_path, by_interface, "-i", "lo", "-p", str(port), "--json", "--no-seen",
                    "--filter", f"dport:{port}") as interface,
        ):  # fmt: skip
            until(lambda: is_bound(port))
            until(lambda: b"siptui" in Path(f"/proc/{interface.pid}/cmdline").read_bytes())
            while not by_interface.read_bytes():
                send(port, b"ready?")  # nothing that becomes part of a source's history
                time.sleep(0.1)
            call(sipsak, "-s", f"sip:100@127.0.0.1:{port}")
            call(svmap, "127.0.0.1", "-p", str(port), "-t", "1")
            call(sipp, "-m", "1", "-sn", "uac", f"127.0.0.1:{port}", "-nostdin")
            send(port, b"END" * 9)
            for output in (by_socket, by_interface):
                until(lambda output=output: b'"len":27,' in output.read_bytes())  # type: ignore[misc]
            until(lambda: b"END" * 9 in capture.read_bytes())
    finally:
        dump.send_signal(signal.SIGINT)
        dump.communicate()
    by_file = rows(run(tmp_path, "-r", str(capture), "--json").stdout)
    first = [
        [{name: row.get(name) for name in AGREE if name in row} for row in each if row["len"] > 7]
        for each in (rows(by_socket.read_text()), rows(by_interface.read_text()), by_file)
    ]
    for by_three in zip(*first, strict=True):
        assert by_three[0] == by_three[1] == by_three[2]
    seen = {(row.get("method"), row.get("ua"), row.get("tool")) for row in first[0]}
    assert {name for _, _, name in seen} >= {"sipsak", "sipp/uac", "sipvicious/svmap"}
    assert ("OPTIONS", "friendly-scanner", "sipvicious/svmap") in seen
    assert {row["src"] for row in first[0]} == {"127.0.0.1"}


def test_count_and_duration_end_it(tmp_path: Path) -> None:
    port = free_port()
    output = tmp_path / "out"
    with running(tmp_path, output, "--udp", f"127.0.0.1:{port}", "--json", "--count", "3") as one:
        until(lambda: is_bound(port))
        send(port, *[b"OPTIONS"] * 9)
        assert one.wait(20) == 0
    assert len(rows(output.read_text())) == 3
    done = run(tmp_path, "--udp", f"127.0.0.1:{free_port()}", "--json", "--duration", "0.5")
    assert (done.returncode, done.stdout) == (0, "")


def test_the_request_that_the_project_began_with(tmp_path: Path, shared: Path) -> None:
    """Sent from 185.22.152.37, as a capture file may say it."""
    import dpkt

    payload = (shared / "seed-options.bin").read_bytes()
    udp = dpkt.udp.UDP(sport=61594, dport=5060, data=payload)
    udp.ulen = len(udp)
    packet = dpkt.ip.IP(
        src=socket.inet_aton("185.22.152.37"), dst=socket.inet_aton("18.191.0.181"), p=17, data=udp
    )
    packet.len = len(packet)
    capture, dumped = tmp_path / "seed.pcap", tmp_path / "seed.xxd"
    with capture.open("wb") as file:
        dpkt.pcap.Writer(file, linktype=101).writepkt(bytes(packet), 1.5e9)
    done = run(tmp_path, "-r", str(capture), "--json", "--export", str(dumped))
    assert done.returncode == 0, done.stderr
    (row,) = rows(done.stdout)
    assert (row["method"], row["ua"], row["country"], row["len"]) == ("OPTIONS", "PBX", "RU", 390)
    assert (row["tool"], row["ua-lies"]) == ("sipvicious/svmap", True)
    assert row["tag_target"] == "18.191.0.181:5060"
    assert "contact-is-source" in row["labels"]
    back = subprocess.run(["xxd", "-r", str(dumped)], capture_output=True, check=True).stdout
    assert back == payload


def test_everything_captured_is_written_as_it_arrives(tmp_path: Path) -> None:
    tshark = tool("tshark")
    port = free_port()
    recorded = tmp_path / "all.pcapng"
    with running(
        tmp_path, tmp_path / "out", "--udp", f"127.0.0.1:{port}", "-q", "-w", str(recorded)
    ):
        until(lambda: is_bound(port))
        send(port, b"OPTIONS", b"", b"x" * 2000)
        until(lambda: recorded.exists() and recorded.stat().st_size > 2100)
    read = subprocess.run([tshark, "-r", str(recorded), "-T", "fields", "-e", "udp.length"],
                          capture_output=True, text=True, check=True)  # fmt: skip
    assert read.stdout.split() == ["15", "8", "2008"]


@pytest.mark.parametrize("ending", ["pcapng", "pcap", "json", "csv", "txt", "hex", "xxd"])
def test_exports_hold_what_the_filter_lets_through(
    tmp_path: Path, shared: Path, ending: str
) -> None:
    source = str(shared / "pcap" / "zeek__wireshark.pcap")
    target = tmp_path / f"out.{ending}"
    done = run(tmp_path, "-r", source, "--filter", "method:REGISTER", "--export", str(target))
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    if ending in {"pcap", "pcapng"}:
        read = subprocess.run([tool("tshark"), "-r", str(target), "-Y", "sip.Method==REGISTER"],
                              capture_output=True, text=True, check=True)  # fmt: skip
        assert len(read.stdout.splitlines()) == 18
        return
    text = target.read_text()
    if ending == "json":
        assert [row["method"] for row in rows(text)] == ["REGISTER"] * 18
    elif ending == "csv":
        with target.open(newline="") as file:
            assert [row["method"] for row in csv.DictReader(file)] == ["REGISTER"] * 18
    elif ending == "xxd":
        back = subprocess.run(["xxd", "-r", str(target)], capture_output=True, check=True).stdout
        assert back.count(b"REGISTER sip:sip.cybercity.dk SIP/2.0\r\n") == 18
    elif ending == "hex":
        assert text.count("0x0000:  5245 4749 5354 4552 2073 6970") == 18
    else:
        assert text.count("REGISTER sip:sip.cybercity.dk SIP/2.0") == 18


@pytest.mark.parametrize("given", [["--filter", "-kind:sip"], ["-f", "-kind:sip"]])
def test_a_filter_may_begin_with_a_minus(tmp_path: Path, given: list[str]) -> None:
    done = run(tmp_path, "demo", "--speed", "100000", *given, "--json")
    assert done.returncode == 0, done.stderr
    kinds = {row["kind"] for row in rows(done.stdout)}
    assert kinds
    assert "sip" not in kinds
    forgotten = run(tmp_path, "demo", *given[:1], "--json")
    assert forgotten.returncode == 2
    assert "expected one argument" in forgotten.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--udp", "nonsense", "--json"], "say [HOST:]PORT"),
        (["--udp", "127.0.0.1:99999", "--json"], "say [HOST:]PORT"),
        (["--udp", "[::1:5060", "--json"], "say [HOST:]PORT"),
        (["--udp", "::1]:5060", "--json"], "say [HOST:]PORT"),
        (["--udp", "", "--json"], "say [HOST:]PORT"),
        (["--udp", "127.0.0.1:0", "--json"], "say [HOST:]PORT"),
        (["-i", "nosuchinterface0", "--json"], "nosuchinterface0"),
        (["-r", "no-such-file.pcap", "--json"], "no-such-file.pcap"),
        (["-r", __file__, "--json"], "no capture file"),
        (["--json"], "name a source"),
        (["frobnicate"], "what is 'frobnicate'?"),
        (["demo", "--json", "--filter", "contry:RU"], "country"),
        (["demo", "--json", "--filter", "ua:PBX (odd"], "'ua:PBX (odd', character 8: "),
        (["demo", "--export", "x.docx"], "pcapng"),
        (["demo", "--json", "--geo", __file__], "database"),
        (["demo", "--json", "--theme", "neon"], "--theme: there is no theme 'neon'"),
        (["demo", "--json", "--persona", "nobody"], "--persona: there is no persona 'nobody'"),
        (["demo", "--json", "--config", "none.toml"], "none.toml"),
        (["demo"], "no terminal"),
    ],
)
def test_a_mistake_is_one_clear_sentence_and_status_1(
    tmp_path: Path, arguments: list[str], said: str
) -> None:
    done = run(tmp_path, *arguments, cwd=tmp_path)
    assert done.returncode == 1
    assert done.stdout == ""
    assert said in done.stderr
    assert done.stderr.startswith("siptui: ")
    assert len(done.stderr.splitlines()) == 1


def test_a_theme_of_siptuis_own_loads_no_screen_where_there_is_none(tmp_path: Path) -> None:
    code = (
        "import sys; from siptui.cli import main; "
        "status = main(['demo', '--speed', '9999', '--json', '--theme', 'terminal-dark']); "
        "assert not {'textual', 'rich'} & set(sys.modules); sys.exit(status)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment(tmp_path), stdout=subprocess.DEVNULL
    )
    assert done.returncode == 0
    of_textual = run(tmp_path, "demo", "--speed", "9999", "--json", "--theme", "nord")
    assert (of_textual.returncode, of_textual.stderr) == (0, "")


def test_a_damaged_file_shows_all_up_to_the_damage_and_says_where(
    tmp_path: Path, shared: Path
) -> None:
    whole = (shared / "pcap" / "zeek__wireshark.pcap").read_bytes()
    cut = tmp_path / "cut.pcap"
    cut.write_bytes(whole[: len(whole) // 2])
    done = run(tmp_path, "-r", str(cut), "--json")
    assert done.returncode == 1
    assert 30 < len(rows(done.stdout)) < 81
    assert "cut.pcap" in done.stderr
    assert "byte" in done.stderr


def test_a_capture_may_come_by_standard_input(tmp_path: Path, shared: Path) -> None:
    with (shared / "pcap" / "zeek__wireshark.pcap").open("rb") as capture:
        done = run(tmp_path, "-r", "-", "--json", stdin=capture)
    assert len(rows(done.stdout)) == 81


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path, shared: Path) -> None:
    command = f"{sys.executable} -m siptui -r {shared}/pcap/zeek__wireshark.pcap --json | head -1"
    done = subprocess.run(
        ["bash", "-c", command], capture_output=True, text=True, check=False,
        cwd=Path(__file__).resolve().parents[1],
    )  # fmt: skip
    assert len(done.stdout.splitlines()) == 1
    assert done.stderr == ""
