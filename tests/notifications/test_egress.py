"""Where a webhook may go: the attacks of server-side request forgery, one a line."""

from collections.abc import Iterator
from ipaddress import ip_network
from select import select

import pytest

from notifications.channels.base import Deferred, Uncertain, Unreachable
from notifications.channels.egress import Egress, EgressRefused, lookup
from notifications.channels.https import LONGEST_ANSWER, Client
from tests.outside.receiver import NETWORKS, Receiver, status

LOOPBACK = tuple(ip_network(each) for each in NETWORKS.split(","))
INSIDE = {
    "loopback": ("127.0.0.1", "127.8.8.8", "::1"),
    "any": ("0.0.0.0", "::"),
    "private": ("10.0.0.1", "172.16.5.4", "172.31.255.255", "192.168.1.1"),
    "carrier": ("100.64.0.1", "100.100.100.200"),
    "link": ("169.254.169.254", "fe80::1", "fe80::1%eth0"),
    "local": ("fc00::1", "fd00:ec2::254", "fec0::1"),
    "multicast": ("224.0.0.1", "239.255.255.250", "ff02::1"),
    "reserved": ("240.0.0.1", "255.255.255.255", "192.0.0.8", "198.18.0.1", "203.0.113.1"),
    "documentation": ("2001:db8::1",),
    "mapped": ("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254"),
    "embedded": ("64:ff9b::7f00:1", "64:ff9b:1::a00:1", "2002:7f00:1::", "::127.0.0.1"),
    "tunnel": ("2001:0:53aa:64c::", "192.88.99.1"),
    "hoster": ("168.63.129.16",),
    "no address": ("", "localhost", "127.0.0.1\n", "0x7f.1"),
}
ATTACKS = [(rule, address) for rule, each in INSIDE.items() for address in each]


@pytest.mark.parametrize(("rule", "address"), ATTACKS)
def test_no_address_of_the_inside_is_permitted(rule, address):
    assert not Egress().permits(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_the_internet_is(address):
    assert Egress().permits(address)


def test_an_inner_network_only_if_the_operator_opens_it():
    egress = Egress(networks=(ip_network("10.1.0.0/16"),))
    assert egress.permits("10.1.2.3")
    assert egress.permits("::ffff:10.1.2.3")
    assert not egress.permits("10.2.0.1")
    assert not egress.permits("127.0.0.1")


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://hooks.example/", "url-not-https"),
        ("ftp://hooks.example/", "url-not-https"),
        ("file:///etc/passwd", "url-not-https"),
        ("//hooks.example/", "url-not-https"),
        ("https:///nobody", "url-malformed"),
        ("https://user@hooks.example/", "url-malformed"),
        ("https://hooks.example@127.0.0.1/", "url-malformed"),
        ("https://hooks.example#@127.0.0.1/", "url-malformed"),
        ("https://hooks.example/a b", "url-malformed"),
        ("https://hooks.example/\r\nHost: inside", "url-malformed"),
        ("https://hooks.example/\u0000", "url-malformed"),
        ("https://hooks.example\\@inside/", "url-malformed"),
        ("https://ex%61mple.com/", "url-malformed"),
        ("https://ⓛocalhost/", "url-malformed"),
        ("https://2130706433/", "url-malformed"),
        ("https://0x7f000001/", "url-malformed"),
        ("https://127.1/", "url-malformed"),
        ("https://0177.0.0.1/", "url-malformed"),
        ("https://hooks.example:99999/", "url-malformed"),
        ("https://hooks.example:x/", "url-malformed"),
        ("https://hooks.example:22/", "port-refused"),
        ("https://hooks.example:6379/", "port-refused"),
        ("https://127.0.0.1/", "address-refused"),
        ("https://[::1]/", "address-refused"),
        ("https://[::ffff:169.254.169.254]/latest/meta-data", "address-refused"),
        ("https://hooks.example/" + "a" * 500, "url-malformed"),
    ],
)
def test_what_may_never_be_called_is_said_without_asking_anybody(url, code):
    with pytest.raises(EgressRefused) as refused:
        Egress(resolve=nobody).target(url)
    assert refused.value.code == code


def nobody(host: str, port: int) -> list[str]:
    raise AssertionError("asked")


def test_a_sound_address_is_taken_apart():
    target = Egress().target("https://Hooks.Example/a/b?c=d&e=%20")
    assert (target.host, target.port, target.path) == ("hooks.example", 443, "/a/b?c=d&e=%20")
    assert target.authority == "hooks.example"
    assert Egress(ports=frozenset({8443})).target("https://a.example:8443").authority == (
        "a.example:8443"
    )


@pytest.mark.parametrize("inside", ["127.0.0.1", "10.0.0.1", "::1", "::ffff:127.0.0.1"])
def test_one_inner_answer_among_good_ones_refuses_the_name(inside):
    egress = Egress(resolve=lambda *_: ["8.8.8.8", inside])
    with pytest.raises(EgressRefused, match="address-refused"):
        egress.addresses(egress.target("https://hooks.example/"))


def test_a_name_that_nobody_knows_is_refused():
    egress = Egress(resolve=lookup)
    with pytest.raises(EgressRefused, match="name-unknown"):
        egress.addresses(egress.target("https://nobody.invalid/"))


@pytest.fixture
def receiver(tmp_path) -> Iterator[Receiver]:
    receiver = Receiver(tmp_path)
    receiver.start()
    yield receiver
    receiver.stop()


def client(receiver: Receiver, resolve=lookup, seconds: float = 5.0, networks=LOOPBACK) -> Client:
    ports, authority = frozenset({receiver.port}), receiver.authority
    egress = Egress(networks=networks, ports=ports, authorities=authority, resolve=resolve)
    return Client(egress=egress, seconds=seconds)


def post(client: Client, url: str) -> int:
    target = client.egress.target(url)
    return client.post(target, b"{}", {"webhook-id": "i"}, before_data=lambda: None)


def test_the_connection_goes_to_the_address_that_was_judged(receiver):
    """Rebinding: the name server's second answer, an inner one, is never asked for."""
    answers = [["127.0.0.1"], ["169.254.169.254"]]
    asked = []

    def rebinding(host: str, port: int) -> list[str]:
        asked.append(host)
        return answers.pop(0)

    hooks = client(receiver, rebinding)
    assert post(hooks, receiver.url(host="hooks.example")) == 204
    assert asked == ["hooks.example"]
    # The name, not the address, is what the receiver and its certificate hear.
    assert receiver.received[0].headers["host"] == f"hooks.example:{receiver.port}"
    with pytest.raises(Deferred, match="address-refused"):
        post(hooks, receiver.url(host="hooks.example"))
    assert len(receiver.received) == 1


def test_nothing_is_sent_inside_unless_it_was_opened(receiver):
    with pytest.raises(Deferred, match="address-refused"):
        post(client(receiver, networks=()), receiver.url())
    assert receiver.received == []


def test_a_certificate_of_another_name_is_refused(receiver):
    hooks = client(receiver, lambda *_: ["127.0.0.1"])
    with pytest.raises(Unreachable, match="certificate"):
        post(hooks, receiver.url(host="other.example"))
    assert receiver.received == []


def test_the_environment_names_no_proxy(receiver, monkeypatch):
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert post(client(receiver), receiver.url()) == 204


def test_a_redirect_is_only_a_status(receiver):
    receiver.always = status(307, Location="https://169.254.169.254/")
    assert post(client(receiver), receiver.url()) == 307
    assert len(receiver.received) == 1


def test_an_answer_that_drips_ends_with_the_time(receiver):
    def drip(request) -> None:
        """A letter now and then, until the other side gives up."""
        request.wfile.write(b"HTTP/1.1 200 ")
        while not select([request.connection], [], [], 0.05)[0]:
            request.wfile.write(b"O")

    receiver.always = drip
    with pytest.raises(Uncertain, match="https-timeout"):
        post(client(receiver, seconds=0.5), receiver.url())


def test_an_answer_without_end_is_cut(receiver):
    def flood(request) -> None:
        request.wfile.write(b"HTTP/1.1 200 OK\r\n")
        for number in range(60):
            request.wfile.write(b"X-%d: " % number + b"a" * 4000 + b"\r\n")
        request.wfile.write(b"\r\n")

    receiver.always = flood
    assert LONGEST_ANSWER < 60 * 4000
    with pytest.raises(Uncertain, match="https-answer"):
        post(client(receiver), receiver.url())


def test_a_body_is_never_read(receiver):
    def endless(request) -> None:
        request.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            request.wfile.write(b"1000\r\n" + b"a" * 4096 + b"\r\n")

    receiver.always = endless
    assert post(client(receiver), receiver.url()) == 200


def test_nobody_there_is_no_uncertainty(receiver):
    receiver.stop()
    with pytest.raises(Unreachable):
        post(client(receiver), receiver.url())
    receiver.start()


def test_what_calls_the_request_off_passes_through(receiver):
    def refuse() -> None:
        raise LookupError

    hooks = client(receiver)
    target = hooks.egress.target(receiver.url())
    with pytest.raises(LookupError):
        hooks.post(target, b"{}", {}, before_data=refuse)
    assert receiver.received == []
