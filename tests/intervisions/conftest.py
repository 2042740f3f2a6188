"""Six houses around one table."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

START = datetime(2026, 4, 20, 8, 0, tzinfo=UTC)


@pytest.fixture
def people_file() -> Path:
    return Path(__file__).parent / "circle.toml"


@pytest.fixture
def circle(network):
    """The network at the hour at which its facilitator begins: a Monday in spring, by day."""
    network.clock.set(START)
    return network
