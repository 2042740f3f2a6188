"""An SMS gateway on loopback, over HTTPS: keeps what it is sent and answers as told."""

import json
from dataclasses import dataclass, replace
from pathlib import Path

from infra.settings import Settings
from tests.outside.receiver import Receiver

TOKEN = "a-token-of-the-gateway"
SENDER = "Maillage"


@dataclass(frozen=True)
class Text:
    to: str
    text: str
    sender: str
    key: str
    token: str
    flagged: bool


class Gateway(Receiver):
    def __init__(self, folder: Path) -> None:
        super().__init__(folder)

    @property
    def texts(self) -> list[Text]:
        found = []
        for posted in self.received:
            body = json.loads(posted.body)
            assert set(body) == {"to", "from", "text"}
            named = posted.headers
            key, token = named["idempotency-key"], named["authorization"]
            flagged = "x-possible-duplicate" in named
            found.append(Text(body["to"], body["text"], body["from"], key, token, flagged))
        return found

    def used_by(self, settings: Settings) -> Settings:
        return replace(
            settings,
            sms_gateway_url=self.url("/send"),
            sms_gateway_token=TOKEN,
            sms_sender=SENDER,
            sms_gateway_ca=self.authority,
        )
