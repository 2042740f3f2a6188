"""An adult of a household at their phone: a cookie of their own and nothing else."""

from dataclasses import dataclass, field
from typing import Any

import requests

from tests.people import Network
from tests.printed import printed

API = "/api/v1/household"


def _browser() -> requests.Session:
    """Proxies are for the outside, as `tests.people.sent`."""
    browser = requests.Session()
    browser.trust_env = False
    return browser


@dataclass
class Adult:
    base: str
    browser: requests.Session = field(default_factory=_browser)
    csrf: str = ""

    def enter(self, code: str, *, status: int = 201) -> Any:
        answer = self.call("POST", "/session", {"code": code}, status=status)
        if status == 201:
            self.csrf = answer.json()["csrf_token"]
        return answer

    def call(
        self, method: str, path: str = "", json: Any = None, *, status: int | None, **headers: str
    ) -> requests.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        named = {"X-CSRF-Token": self.csrf} | named
        answer = self.browser.request(
            method, self.base + API + path, json=json, headers=named, timeout=20
        )
        if status is not None:
            assert answer.status_code == status, f"{method} {path}: {answer.text}"
        return answer

    def get(self, path: str = "", *, status: int = 200) -> Any:
        return self.call("GET", path, status=status).json()

    def post(self, path: str, json: Any = None, *, status: int = 201, **headers: str) -> Any:
        return self.call("POST", path, json, status=status, **headers).json()

    def everything(self) -> str:
        """All that this adult can get, as it arrives, with headers."""
        paths = ("", "/session", "/reads", "/copy", "/choices", "/professionals?name=an")
        answers = [self.call("GET", path, status=200) for path in paths]
        answers += [
            self.call("GET", f"/consents/{each['id']}", status=200)
            for each in self.get()["consents"]
        ]
        texts = [f"{answer.headers}\n{answer.text}" for answer in answers]
        return "\n".join([*texts, text_of(self.call("GET", "/copy.pdf", status=200).content)])


def text_of(pdf: bytes) -> str:
    """All that stands on the pages, on one line, with words that were broken made whole."""
    return " ".join(printed(pdf).split()).replace("- ", "-")


def code_for(network: Network, case: Any, member_id: str, who: str = "rw1") -> Any:
    path = f"/api/v1/cases/{case['id']}/members/{member_id}/portal-codes"
    return network[who].post(path)


def adult(network: Network, case: Any, member_id: str) -> Adult:
    """Entered with a fresh code."""
    person = Adult(network["rw1"].base)
    person.enter(code_for(network, case, member_id)["code"])
    return person
