from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from notifications.backoff import delay


@given(st.integers(min_value=0, max_value=10_000))
def test_never_at_once_and_never_longer_than_five_minutes(attempts):
    assert timedelta(seconds=1) <= delay(attempts) <= timedelta(minutes=5)


@given(st.integers(min_value=1, max_value=6))
def test_doubles(attempts):
    assert 2**attempts / 2 <= delay(attempts).total_seconds() <= 2**attempts
