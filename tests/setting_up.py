"""What the tests of this process set up, counted: machines differ in speed, counts do not."""

import sys
from collections import Counter
from typing import Any

SET_UP: Counter[str] = Counter()


def _heard(event: str, _details: Any) -> None:
    if event in ("subprocess.Popen", "os.fork", "os.posix_spawn"):
        SET_UP["processes started"] += 1


sys.addaudithook(_heard)
