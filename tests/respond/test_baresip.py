"""A phone that knows nothing of us takes our answers for those of a server."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command import free_port, rows, until
from tests.respond.test_scanners import answering, call, statuses, told, tool

MODULES = Path("/usr/lib/baresip/modules")
CONFIG = f"""\
sip_listen 127.0.0.1:{{port}}
audio_player aubridge,nil
audio_source aubridge,nil
audio_alert aubridge,nil
module_path {MODULES}
module g711.so
module aubridge.so
module_app account.so
module_app menu.so
"""


def phone(home: Path, server: int, port: int, *, registers: bool) -> tuple[str, ...]:
    """Return the command of a phone at `port` whose account is at the port of a `server`."""
    if not MODULES.is_dir():
        pytest.skip("baresip's modules are not installed")
    folder = home / "baresip"
    folder.mkdir()
    (folder / "config").write_text(CONFIG.format(port=port))
    (folder / "accounts").write_text(
        f"<sip:100@127.0.0.1:{server}>;auth_pass=1234;regint={60 * registers}\n"
    )
    return (tool("baresip"), "-4", "-f", str(folder), "-t", "2")


def test_a_phone_registers_with_its_password_and_is_refused(tmp_path: Path) -> None:
    with answering(tmp_path, "challenge", "--persona", "kamailio") as (port, output):
        said = call(tmp_path, *phone(tmp_path, port, free_port(), registers=True))
        until(lambda: len(statuses(output)) >= 2)
    assert "403 Forbidden (kamailio" in said
    # On a busy machine a phone may have asked again before it was answered.
    assert sorted(set(statuses(output))) == [401, 403]
    first, *_, second = told(output, ours=False)
    assert "verified" not in first.get("labels", ())
    assert "verified" in second["labels"]
    assert (second["auth_user"], second["auth_realm"]) == ("100", "sip")
    assert second["auth_password"] == "1234"


def test_a_phone_calls_and_hangs_up(tmp_path: Path) -> None:
    with answering(tmp_path, "call") as (port, output):
        command = phone(tmp_path, port, free_port(), registers=False)
        dial = (*command, "-e", f"/dial sip:200@127.0.0.1:{port}")
        assert "session closed: 486 Busy Here" in call(tmp_path, *dial)
        assert "Call established" in call(tmp_path, *dial)
        until(lambda: len(statuses(output)) >= 5)
    methods = [row["method"] for row in told(output, ours=False)]
    assert list(dict.fromkeys(statuses(output))) == [486, 100, 180, 200]
    assert list(dict.fromkeys(methods)) == ["INVITE", "ACK", "BYE"]
    counts = rows(output.read_text())[-1]["respond_counts"]
    assert counts["withheld: ACK"] == methods.count("ACK") >= 2
