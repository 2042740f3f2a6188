"""`python -m bench.ours PORT`: our API, served as `maillage api` serves it."""

import os
import sys
from pathlib import Path

from bench.sink import LOOPBACK
from infra.embedded import api
from infra.embedded.openid.signing import AUDIENCE, CLIENT_ID, mint_access_token
from infra.settings import Settings

TOKEN_SECONDS = 3600


def settings(database_url: str, issuer: str, port: int) -> Settings:
    return Settings.from_environment(
        {
            "DATABASE_URL": database_url,
            "REDIS_URL": "redis://127.0.0.1:1/0",
            "SMTP_URL": "smtp://127.0.0.1:1",
            "MAIL_FROM": "alerts@maillage.example",
            "PUBLIC_URL": f"http://{LOOPBACK}:{port}",
            "OIDC_ISSUER": issuer,
            "OIDC_CLIENT_ID": CLIENT_ID,
            "API_AUDIENCE": AUDIENCE,
            "SECRET_KEY": "q7Yw2Vn9Zx4Lk8Rt1Mb6Pd3Hs5Jf0Gc-Ua",
            "HOST": LOOPBACK,
            "PORT": str(port),
            # No document is stored while measuring.
            "DOCUMENTS_DIR": "/nonexistent",
        }
    )


def token(folder: Path, issuer: str, subject: str) -> str:
    return mint_access_token(folder, issuer, AUDIENCE, subject, TOKEN_SECONDS)


if __name__ == "__main__":
    os.environ["PORT"] = sys.argv[1]
    sys.stderr = open(os.devnull, "w")  # noqa: SIM115 - logs are written, to nowhere
    api.serve(Settings.from_environment(os.environ))
