"""The README's tour is true: every line of it runs, as it stands, against a first start."""

import re
import subprocess
import sys
from pathlib import Path

import requests

from tests.journeys.test_first_start import (
    PROGRAM,
    ROOT,
    Started,
    environment,
    folder,
    started,
)

TOUR_LIMIT = 180
MARK = "@@end"


def blocks() -> list[str]:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    return re.findall(r"^```bash\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def commands() -> list[str]:
    """The lines of the tour; those that bash cannot yet end are joined with the next."""
    found, pending = [], ""
    for line in "\n".join(blocks()).splitlines():
        pending += line
        if is_whole(pending):
            found += [pending] if pending.strip() else []
            pending = ""
        else:
            pending += "\n"
    assert not pending, f"never ends: {pending}"
    return found


def is_whole(line: str) -> bool:
    parsed = subprocess.run(
        ["bash", "-n", "-c", line], check=False, capture_output=True, timeout=10
    )
    return parsed.returncode == 0


def run(lines: list[str], up: Started, place: Path) -> list[tuple[str, int, str]]:
    """All in one shell, as a person would: (command, exit status, what it printed)."""
    program = place / ".venv" / "bin" / "maillage"
    program.parent.mkdir(parents=True)
    program.write_text(f"#!/bin/sh\nexec '{sys.executable}' -c '{PROGRAM}' \"$@\"\n")
    program.chmod(0o755)
    script = "".join(f"{line}\nprintf '{MARK} %d\\n' $?\n" for line in lines)
    env = environment(up.data, up.port)
    env["PATH"] = f"{Path(sys.executable).parent}:{env['PATH']}"
    shell = subprocess.run(
        ["bash", "-o", "pipefail", "-c", script],
        check=False,
        cwd=place,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=TOUR_LIMIT,
    )
    *parts, rest = re.split(rf"^{MARK} (\d+)\n", shell.stdout, flags=re.MULTILINE)
    assert rest == ""
    return list(zip(lines, map(int, parts[1::2]), parts[0::2], strict=True))


def test_every_line_of_the_tour_does_what_it_says():
    with folder() as place, started(place / "data") as up:
        done = run(commands(), up, place)
        mailbox = requests.get(f"{up.base}/dev/mailbox", timeout=20).text

    assert [each for each in done if each[1] != 0] == []

    def said(fragment: str) -> list[str]:
        return [printed.strip() for line, _, printed in done if fragment in line]

    (code,) = re.findall(r"BX-\w{4}", said("The case is called")[0])
    assert said('"$NORA" "/cases/$CASE/notes" |') == ["Madame sleeps badly since the letter."]
    assert said('"$LOTTE" "/cases/$CASE/notes"') == ["[]"]
    assert "Madame M." in said('get "$LOTTE" "/cases/$CASE" | field')[0]
    assert '"steps"' in said("field deadlines")[-1]
    assert said("/acknowledgement") == ["acknowledged"]
    assert [line.lower() for line in said("^etag")] == ['etag: "v1"']
    assert said("http_code") == ["404", "404"]
    assert "2026-09-15" in said("maillage deadline")[0]
    told = re.findall(rf"{code}.*?<td>(.*?)</td>", mailbox, re.DOTALL)
    assert {"nora@uln.example", "joris@cass.example"} <= set(told)
