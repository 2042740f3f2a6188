"""The same mails as one job each in RQ, Celery, dramatiq and huey (`make bench-queues`)."""
