"""What the web server loads: settings from the environment, and no start with a role too strong."""

import os

from case_api.app import create_app
from infra import logs
from infra.selftest import check_role
from infra.settings import Settings

logs.configure()
app = create_app(Settings.from_environment(os.environ))
check_role(app.extensions["maillage"].database.engine)
