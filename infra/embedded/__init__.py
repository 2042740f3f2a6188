"""Real servers from wheels, each replaceable by an external one through `infra.settings`."""
