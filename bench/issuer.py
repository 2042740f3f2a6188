"""`python -m bench.issuer PORT`: the provider that signs the tokens of the figures."""

import os
import sys
from pathlib import Path

from bench.sink import LOOPBACK
from infra.embedded.openid import provider as openid
from infra.embedded.openid.signing import AUDIENCE

if __name__ == "__main__":
    url = f"http://{LOOPBACK}:{sys.argv[1]}"
    folder = Path(os.environ["ISSUER_FOLDER"])
    port = int(sys.argv[1])
    openid.serve(LOOPBACK, port, folder, issuer=url, public_url=url, audience=AUDIENCE)
