"""Documents and keys belong to one database: another one, or a missing mount, harms nothing."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from infra.files.taking import NotOurs, take_folders
from services.shared.errors import Unreadable
from services.shared.vault.folders import MARK
from tests.documents.test_scanning import FIELDS, aged, files, send, state, swept
from tests.journeys.steps import open_shared_case


@pytest.fixture
def case(network):
    return open_shared_case(network)


def test_what_another_state_of_the_database_set_aside_comes_back(network, case, tmp_path):
    """As after a restore to the wrong point, and then to the right one."""
    document = send(network, case, b"one", "rw1")
    (path,) = files(tmp_path)
    network.runtime.documents.set_aside(path.name, network.clock.now().date())
    assert swept(network) == 1
    assert files(tmp_path) == [path]
    assert state(network, document) == "quarantined"


def test_a_database_that_knows_too_few_files_touches_none(network, case, tmp_path):
    """As one restored from an old dump, whose id is the same."""
    send(network, case, b"one", "rw1")
    store = network.runtime.documents
    for _ in range(21):
        path = store.new_incoming()
        path.write_bytes(b"x")
        store.keep(path, uuid4())
    before = files(tmp_path)
    aged(before, network.clock.now() - timedelta(days=9))
    assert swept(network) == 0
    assert files(tmp_path) == before


def test_another_installation_deletes_nothing_and_does_not_start(network, case, settings, tmp_path):
    send(network, case, b"one", "rw1")
    before = files(tmp_path)
    aged(before, network.clock.now() - timedelta(days=400))
    # The other one has a folder of its own already, and knows none of these files.
    for table in ("document_versions", "documents"):
        network.database.execute(f"DELETE FROM {table}")
    network.database.execute("UPDATE shared_folders SET id = gen_random_uuid()")
    with pytest.raises(NotOurs, match=r"DOCUMENTS_DIR is .*, a folder of another installation: "):
        take_folders(settings, network.runtime.database.engine)
    with pytest.raises(Unreadable):
        swept(network)
    # Neither does one that never had a folder.
    network.database.execute("DELETE FROM shared_folders")
    with pytest.raises(NotOurs, match="a folder of another installation"):
        take_folders(settings, network.runtime.database.engine)
    assert swept(network) == 0
    # Nor where the first installation had not marked it yet.
    (settings.documents_dir / MARK).unlink()
    with pytest.raises(NotOurs, match="of 1 files there this database does not know 1"):
        take_folders(settings, network.runtime.database.engine)
    assert files(tmp_path) == before


def test_a_folder_that_is_not_mounted_is_not_an_empty_one(network, case, settings):
    send(network, case, b"one", "rw1")
    mounted = settings.documents_dir.with_name("elsewhere")
    settings.documents_dir.rename(mounted)
    settings.documents_dir.mkdir()
    with pytest.raises(NotOurs, match="not the folder that this database uses: mount it"):
        take_folders(settings, network.runtime.database.engine)
    path = f"/api/v1/cases/{case['id']}/documents"
    refused = network["rw1"].upload(path, "n.txt", b"two", status=503, **FIELDS)
    assert refused.json()["code"] == "folder-not-ours"
    assert list(settings.documents_dir.iterdir()) == []
    # Before this release nothing was marked: then the files themselves are asked for.
    network.database.execute("DELETE FROM shared_folders")
    with pytest.raises(NotOurs, match="where the files that this database knows are not"):
        take_folders(settings, network.runtime.database.engine)
    settings.documents_dir.rmdir()
    mounted.rename(settings.documents_dir)
    (settings.documents_dir / MARK).unlink()
    (settings.case_keys / MARK).unlink()
    take_folders(settings, network.runtime.database.engine)
    assert (settings.documents_dir / MARK).exists()


def test_a_case_gets_no_second_key_where_the_keys_are_not_mounted(network, case, settings):
    send(network, case, b"one", "rw1")
    mounted = settings.case_keys.with_name("elsewhere")
    settings.case_keys.rename(mounted)
    settings.case_keys.mkdir()
    keys = network.runtime.case_keys
    for change in (keys.key_for_writing, keys.destroy):
        with pytest.raises(Unreadable):
            change(UUID(case["id"]))
    with pytest.raises(Unreadable):
        keys.rewrap()
    with pytest.raises(NotOurs, match=r"CASE_KEYS_DIR is .* not the folder that this"):
        take_folders(settings, network.runtime.database.engine)
    assert list(settings.case_keys.iterdir()) == []
