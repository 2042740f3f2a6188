"""What every part would do first by itself, done once in the server that forks them."""

import gc

from sqlalchemy.orm import configure_mappers

from case_api import app
from services.shared.words.catalogue import keys
from tests.faults.kit import parts

__all__ = ["app", "parts"]

configure_mappers()
assert keys("mail.")
# No part looks again through what it was born with.
gc.collect()
gc.freeze()
