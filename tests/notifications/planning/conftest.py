"""The world of the deliveries, for every test here."""

from tests.world import clock, make_runtime, runtime, valkey, valkey_server, world

__all__ = ["clock", "make_runtime", "runtime", "valkey", "valkey_server", "world"]
