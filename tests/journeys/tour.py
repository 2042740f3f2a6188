"""The README's tour: every line of it, as it stands, and a shell to run it in."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
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


def run(
    lines: list[str], program: list[str], env: dict[str, str], place: Path
) -> list[tuple[str, int, str]]:
    """All in one shell, as a person would: (command, exit status, what it printed)."""
    maillage = place / ".venv" / "bin" / "maillage"
    maillage.parent.mkdir(parents=True)
    maillage.write_text(f'#!/bin/sh\nexec {shlex.join(program)} "$@"\n')
    maillage.chmod(0o755)
    # Whoever reads it may wait a second between two looks.
    script = "sleep() { command sleep 0.05; }\n"
    script += "".join(f"{line}\nprintf '{MARK} %d\\n' $?\n" for line in lines)
    shell = subprocess.run(
        ["bash", "-o", "pipefail", "-c", script],
        check=False,
        cwd=place,
        env={**env, "PATH": f"{Path(sys.executable).parent}:{env['PATH']}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=TOUR_LIMIT,
    )
    *parts, rest = re.split(rf"^{MARK} (\d+)\n", shell.stdout, flags=re.MULTILINE)
    assert rest == ""
    return list(zip(lines, map(int, parts[1::2]), parts[0::2], strict=True))
