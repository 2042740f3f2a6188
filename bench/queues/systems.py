"""Their names, known to both environments."""

SYSTEMS = ("rq", "celery", "dramatiq", "huey")
