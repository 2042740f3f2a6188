"""The demo login provider (OpenID Connect): for `make run` only."""
