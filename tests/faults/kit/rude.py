"""A mail server that can be told, verb by verb, to say something else or to hang up."""

import re
import socketserver
import threading
from dataclasses import dataclass, field

DROP = "drop"
# After the dot: kept, and then no answer.
KEEP_AND_DROP = "keep and drop"
POLITE = {
    "greeting": "220 here",
    "EHLO": "250 here",
    "HELO": "250 here",
    "MAIL": "250 yes",
    "RCPT": "250 yes",
    "DATA": "354 go on",
    "dot": "250 kept",
    "RSET": "250 yes",
    "NOOP": "250 yes",
    "QUIT": "221 bye",
}
_MESSAGE_ID = re.compile(rb"^Message-ID: (\S+)", re.MULTILINE)


@dataclass
class Rude:
    """`says` holds the answers of each verb in turn; when they are used up it is polite again."""

    says: dict[str, list[str]] = field(default_factory=dict)
    # Said to this address, whatever else is said.
    to_address: dict[str, str] = field(default_factory=dict)
    seconds_after_dot: float = 0.0
    # Message-ID, recipient and whether it was flagged, in the order kept.
    kept: list[tuple[str, str, bool]] = field(default_factory=list)

    def answer(self, verb: str, address: str = "") -> str:
        if verb == "RCPT" and address in self.to_address:
            return self.to_address[address]
        waiting = self.says.get(verb, [])
        return waiting.pop(0) if waiting else POLITE.get(verb, "502 what")

    def keep(self, content: bytes, to: str) -> None:
        flagged = b"\nX-Possible-Duplicate: yes" in content
        self.kept.append((_MESSAGE_ID.search(content)[1].decode(), to, flagged))


class _Conversation(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self.rude: Rude = self.server.rude
        self.to = ""
        if not self._say("greeting"):
            return
        for line in self.rfile:
            verb, _, rest = line.decode("ascii", "replace").strip().partition(" ")
            verb = verb.upper()
            if verb == "RCPT":
                self.to = rest.partition("<")[2].partition(">")[0]
            going_on = self._data() if verb == "DATA" else self._say(verb, self.to)
            if not going_on or verb == "QUIT":
                return

    def _say(self, verb: str, address: str = "") -> bool:
        answer = self.rude.answer(verb, address)
        if answer == DROP:
            return False
        self.wfile.write(f"{answer}\r\n".encode())
        return not answer.startswith("421")

    def _data(self) -> bool:
        answer = self.rude.answer("DATA")
        if answer == DROP:
            return False
        self.wfile.write(f"{answer}\r\n".encode())
        if not answer.startswith("354"):
            return not answer.startswith("421")
        content = b""
        while not content.endswith(b"\r\n.\r\n"):
            line = self.rfile.readline()
            if not line:
                return False
            content += line
        return self._dot(content)

    def _dot(self, content: bytes) -> bool:
        answer = self.rude.answer("dot")
        if answer == KEEP_AND_DROP or answer.startswith("2"):
            self.rude.keep(content, self.to)
        self.server.ended.wait(self.rude.seconds_after_dot)
        if answer in (DROP, KEEP_AND_DROP):
            return False
        self.wfile.write(f"{answer}\r\n".encode())
        return not answer.startswith("421")


class RudeServer(socketserver.ThreadingTCPServer):
    """Where `infra.settings.MailServer` would be."""

    allow_reuse_address = daemon_threads = True
    host, username, password, security = "127.0.0.1", "", "", "plain"

    def __init__(self, rude: Rude) -> None:
        super().__init__((self.host, 0), _Conversation)
        self.rude = rude
        self.ended = threading.Event()
        self.port = self.server_address[1]
        self._thread = threading.Thread(target=self.serve_forever, args=(0.02,))
        self._thread.start()

    def handle_error(self, _request, _address) -> None:
        """The client hung up; it is told elsewhere whether it may."""

    def end(self) -> None:
        self.ended.set()
        self.shutdown()
        self._thread.join()
        self.server_close()
