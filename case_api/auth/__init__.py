"""Who calls: OpenID Connect login, sessions, access tokens. The only place that knows Authlib."""
