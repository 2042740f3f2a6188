"""One Maillage per data folder."""

import fcntl
import os
from pathlib import Path

from infra.embedded.places import private_directory


class AlreadyRunning(Exception):
    """Another `maillage up` holds this data folder; the sentence says at which address."""


class DataLock:
    """A lock until the process ends, however it ends. Children must close `descriptor`."""

    def __init__(self, data_dir: Path, address: str) -> None:
        path = private_directory(data_dir / "run") / "lock"
        self.descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(self.descriptor, 200).decode()
            os.close(self.descriptor)
            sentence = f"Maillage already runs on {data_dir} at {holder}."
            raise AlreadyRunning(sentence) from None
        os.ftruncate(self.descriptor, 0)
        os.pwrite(self.descriptor, address.encode(), 0)
