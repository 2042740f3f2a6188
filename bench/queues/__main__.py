"""`python -m bench.queues`: alerts a second, ours against one job a mail in four queues.

Everything waits beforehand; the clock runs at the mail server, from the first message it takes to
the last, so that neither a start nor an enqueue counts.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from bench.alerts import DUE, example_mail
from bench.data import load_cases
from bench.figures import Figure, in_turns, ratios, say, table
from bench.queues.systems import SYSTEMS
from bench.stage import LOOPBACK, ROOT, MailPlace, Stage, free_port, staged
from bench.wake import START, settings_for, valkey_in
from infra.embedded.process import die_with_parent
from infra.embedded.redis import Valkey

COUNT, ROUNDS = 1000, 5
PATIENCE = 120
PYTHON = ROOT / ".venv-queues" / "bin" / "python"


@dataclass
class Counting:
    """When each message was taken."""

    times: list[float] = field(default_factory=list)

    async def handle_DATA(self, _server: SMTP, _session: Session, _envelope: Envelope) -> str:
        self.times.append(time.perf_counter())
        return "250 OK"

    def seconds(self, count: int) -> float:
        """From the first of `count` to the last."""
        until = time.monotonic() + PATIENCE
        while len(self.times) < count:
            if time.monotonic() > until:
                raise TimeoutError(f"{len(self.times)} of {count} mails came")
            time.sleep(0.01)
        return self.times[-1] - self.times[0]


@dataclass
class Bench:
    stage: Stage
    valkey: Valkey
    mail: MailPlace
    sink: Counting
    letter: Path

    def ours(self) -> float:
        """One worker process of ours, woken by one sweeper."""
        with self.stage.superuser() as superuser:
            superuser.execute(DUE.replace(":alerts", str(COUNT)).encode())
        stage = Stage(self.stage.folder, self.stage.cluster, self.mail)
        environment = settings_for(stage, self.valkey).to_environment()
        starts = [[sys.executable, "-c", START, part] for part in ("worker", "sweeper")]
        return self._timed(starts, environment)

    def theirs(self, system: str) -> Callable[[], float]:
        environment = {
            "BENCH_BROKER": str(self.valkey.socket),
            "BENCH_MAIL_PORT": str(self.mail.port),
            "BENCH_MAIL": str(self.letter),
        }
        command = [str(PYTHON), "-m", "bench.queues.jobs", system]

        def run() -> float:
            with self.valkey.client() as client:
                client.flushall()
            subprocess.run(
                [*command, "enqueue", str(COUNT)],
                env={**os.environ, **environment},
                cwd=ROOT,
                check=True,
            )
            return self._timed([[*command, "work"]], environment)

        return run

    def _timed(self, commands: list[list[str]], environment: dict[str, str]) -> float:
        self.sink.times.clear()
        with _running(commands, environment):
            return self.sink.seconds(COUNT)


@contextmanager
def _running(commands: list[list[str]], environment: dict[str, str]) -> Iterator[None]:
    processes = [
        subprocess.Popen(
            command,
            env={**os.environ, **environment},
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=die_with_parent(signal.SIGTERM),  # noqa: PLW1509 - one C call
        )
        for command in commands
    ]
    try:
        yield
    finally:
        for process in processes:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def main() -> None:
    if not PYTHON.exists():
        sys.exit("bench.queues: the other queues are not installed: run `make bench-queues`.")
    sink = Counting()
    port = free_port()
    controller = Controller(sink, hostname=LOOPBACK, port=port)
    controller.start()
    with staged() as stage, valkey_in(stage.folder) as valkey, tempfile.TemporaryDirectory() as at:
        letter = Path(at) / "mail"
        letter.write_bytes(example_mail(0))
        load_cases(stage, max(1000, COUNT), issuer="-")
        bench = Bench(stage, valkey, MailPlace(port), sink, letter)
        say(f"queues: {ROUNDS} rounds of {COUNT} mails")
        ours, *theirs = in_turns(ROUNDS, bench.ours, *(bench.theirs(name) for name in SYSTEMS))
    controller.stop()
    n = f"{ROUNDS} × {COUNT}"
    what = "alerts accepted by the mail server, one worker"
    figures = [
        Figure(
            name=f"queue-{name}",
            what=what,
            peer=f"one job a mail in {name}",
            kind="rate",
            ratios=ratios(times, ours),
            n=n,
        )
        for name, times in zip(SYSTEMS, theirs, strict=True)
    ]
    for name, times in zip(("ours", *SYSTEMS), (ours, *theirs), strict=True):
        say(f"queues: {name}: {COUNT / sorted(times)[len(times) // 2]:.0f} mails/s in this run")
    print(table(figures), flush=True)


main()
