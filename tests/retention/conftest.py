import pytest

from tests.guards.erasures import erasing_of, with_ledger


@pytest.fixture
def settings(settings, tmp_path, cluster):
    return with_ledger(settings, tmp_path, cluster.url("maillage_owner"))


@pytest.fixture
def erasing(settings):
    return erasing_of(settings)
