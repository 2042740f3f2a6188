"""The box by itself: one length however full, papers as they were cast, nothing for a stranger."""

import random
from uuid import UUID

import pytest

from infra.embedded.secret import seal_keys
from services.intervisions.ballots.ballot_box import Box, digest_of, new_box, unseal
from services.shared.errors import Unreadable
from services.shared.vault.case_keys import CaseKeys
from services.shared.vault.folders import mark
from services.shared.vault.sealing import Keyring

BALLOT, OTHER = UUID(int=1), UUID(int=2)


@pytest.fixture
def keys(tmp_path) -> CaseKeys:
    mark(tmp_path / "keys", UUID(int=3))
    return CaseKeys(tmp_path / "keys", Keyring(seal_keys(tmp_path)))


def emptied(box: Box) -> Box:
    return Box(options=box.options, electors=box.electors)


@pytest.mark.parametrize(("electors", "options"), [(3, 1), (10, 5), (500, 50)])
def test_of_one_length_however_full_and_every_paper_as_it_was_cast(keys, electors, options):
    rng = random.Random(electors)
    box = new_box(sorted(UUID(int=rng.getrandbits(128)) for _ in range(options)), electors)
    cast, lengths = [], set()
    for number in range(electors + 1):
        if number % max(1, electors // 5) == 0:
            sealed = box.seal(BALLOT, keys)
            lengths.add(len(sealed))
            assert unseal(sealed, emptied(box), digest_of(box.seed), BALLOT, keys) == box
        if number < electors:
            cast.append({rng.choice(box.options): rng.randint(1, 20)})
            box = box.with_paper(cast[-1])
    assert len(lengths) == 1
    assert sorted(map(str, box.read())) == sorted(map(str, cast))


def test_it_opens_for_its_own_ballot_with_its_own_seed_and_key_only(keys, tmp_path):
    box = new_box([UUID(int=9)], 3)
    sealed, digest = box.seal(BALLOT, keys), digest_of(box.seed)
    keys.key_for_writing(OTHER)
    wider = Box(options=(*box.options, UUID(int=10)), electors=3)
    for ballot, empty, seed_digest in (
        (OTHER, emptied(box), digest),
        (BALLOT, wider, digest),
        (BALLOT, Box(options=box.options, electors=4), digest),
        (BALLOT, emptied(box), digest_of(b"another")),
    ):
        with pytest.raises(Unreadable):
            unseal(sealed, empty, seed_digest, ballot, keys)
    with pytest.raises(Unreadable):
        unseal(sealed, emptied(box), digest, BALLOT, None)
    keys.destroy(BALLOT)
    with pytest.raises(Unreadable):
        unseal(sealed, emptied(box), digest, BALLOT, keys)
    with pytest.raises(Unreadable):
        box.seal(BALLOT, keys)


def test_two_seals_of_one_box_have_nothing_in_common(keys):
    box = new_box([UUID(int=9)], 3)
    one, other = box.seal(BALLOT, keys), box.seal(BALLOT, keys)
    mark = one.index(":") + 1
    assert one[:mark] == other[:mark]
    assert one[mark : mark + 16] != other[mark : mark + 16]
