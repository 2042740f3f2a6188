"""`maillage audit verify`: 0 and the head, 1 and the first broken thing, 2 if it cannot look."""

import pytest

from infra.audit.anchors import AnchorFile
from infra.cli import main


@pytest.fixture
def asked(journals, cluster, tmp_path, monkeypatch, capsys):
    """The command's code and words about journals that were sealed and anchored."""
    monkeypatch.setenv("OWNER_DATABASE_URL", cluster.url("maillage_owner"))
    monkeypatch.delenv("ANCHOR_KEY", raising=False)
    monkeypatch.delenv("ANCHOR_FILE", raising=False)
    journals.write(3)
    journals.read(4)
    journals.seal()
    file = AnchorFile(tmp_path / "anchors.jsonl")
    file.export(journals.anchor())
    places = ["--anchors", str(file.path), "--public-key", str(tmp_path / "public.pem")]

    def ask(*options: str) -> tuple[int, str]:
        code = main(["audit", "verify", *(options or places)])
        told = capsys.readouterr()
        return code, told.out + told.err

    return ask


def test_intact_journals_give_counts_and_head(asked, journals):
    code, told = asked()
    head = journals.anchors[-1]
    assert code == 0
    assert "Intact: 3 audit_entries, 4 read_entries sealed, 0 waiting, 1 anchors." in told
    assert "0 seals since the last anchor." in told
    assert f"Head: position 7, {head.chain_hash.hex()}" in told


def test_the_altered_row_is_named(asked, superuser):
    seq = superuser.execute("SELECT max(seq) FROM read_entries").fetchone()[0]
    superuser.execute("UPDATE read_entries SET what = 'notes' WHERE seq = %s", (seq,))
    assert asked() == (1, f"Broken: read_entries row {seq} was altered.\n")


def test_a_cut_tail_is_told(asked, superuser):
    superuser.execute("DELETE FROM audit_seals WHERE position > 5")
    code, told = asked()
    assert code == 1
    assert "names position 7, the chain ends at 5" in told


def test_an_entry_that_nobody_seals_is_told(asked, journals):
    journals.write(2)
    code, told = asked()
    assert (code, told) == (1, "Broken: 2 entries are older than an hour and not sealed.\n")


def test_without_anchors_it_says_what_it_cannot_see(asked, tmp_path):
    code, told = asked("--data", str(tmp_path / "nowhere"))
    assert code == 0
    assert "Without anchors" in told


def test_verbose_tells_the_rate(asked, tmp_path):
    _, told = asked("--verbose", "--data", str(tmp_path))
    assert " a second." in told


def test_what_is_missing_is_said_in_one_sentence(asked, tmp_path, monkeypatch):
    code, told = asked("--anchors", str(tmp_path / "absent"))
    assert code == 2
    assert told.count("\n") == 1
    monkeypatch.delenv("OWNER_DATABASE_URL")
    code, told = asked("--data", str(tmp_path))
    assert (code, told.count("\n")) == (2, 1)
    assert "holds no database" in told
