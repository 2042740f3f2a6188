"""Workers and sweepers are built here. Nothing connects before they run.

The RQ worker is a `SimpleWorker`: a hint is one bounded batch, so a fork per hint would only cost
(45 jobs a second against 271, measured) and leave orphans when the parent is killed. Without a
fork there is also no connection pool to share by mistake. What a fork would protect from, a job
that hangs, is bounded by time-outs on every call, RQ's alarm, and the lease.
"""

from datetime import timedelta

import structlog
from redis.exceptions import RedisError
from rq import SimpleWorker
from rq.exceptions import StopRequested
from rq.serializers import JSONSerializer

from infra import logs
from infra.audit.anchors import ways_out
from infra.audit.keys import read_signer
from infra.database import Database
from infra.erasure.ledger import LedgerFile
from infra.files.scanner import ClamAV
from infra.files.store import DocumentStore
from infra.files.taking import take_folders
from infra.redis import connect, connect_blocking
from infra.selftest import check_role
from infra.settings import Settings
from notifications import failpoints
from notifications.channels.email import EmailChannel
from notifications.channels.https import Client
from notifications.channels.sms import Gateway, HttpGateway
from services.shared.vault.case_keys import CaseKeys
from services.shared.vault.sealing import Keyring
from workers import jobs
from workers.chores.anchoring import Anchoring
from workers.chores.erasing import Erasing
from workers.clock import DatabaseClock
from workers.heartbeat import Pulse, note_end, note_start
from workers.listening import Listener
from workers.presence import Presence
from workers.queues import hints
from workers.routing import require_every_event
from workers.runtime import Runtime
from workers.stopping import Stop
from workers.sweeper import Sweeper

# A dead connection is noticed, and a lost hint forgotten, within this time.
WORKER_TTL = 30
REDIS_PAUSE_SECONDS = 2.0
_log = structlog.get_logger()


class HintWorker(SimpleWorker):
    """Tells our own loop, too, that the process was asked to leave."""

    max_connection_wait_time = 5
    stop: Stop
    pulse: Pulse

    def handle_warm_shutdown_request(self) -> None:
        self.stop.request()

    def check_for_suspension(self, burst: bool) -> None:
        """Stop here too if SIGTERM arrived before RQ installed its handlers."""
        if self.stop.requested:
            raise StopRequested
        self.pulse.beat()
        super().check_for_suspension(burst)


def build(settings: Settings, stop: Stop) -> Runtime:
    """Two connections are enough: one for the step at hand, one for the clock. StartFailed for a
    program that does not know all of its events.
    """
    require_every_event()
    failpoints.arm(settings.failpoint)
    database = Database(settings.worker_database_url, pool_size=3)
    email = EmailChannel(server=settings.mail_server, sender=settings.mail_from)
    case_keys = None
    if settings.case_keys:
        case_keys = CaseKeys(settings.case_keys, Keyring(settings.seal_keys))
    return Runtime(
        database=database,
        clock=DatabaseClock(database.engine),
        email=email,
        public_url=settings.public_url,
        mail_domain=email.domain,
        documents=DocumentStore(settings.documents_dir, case_keys),
        case_keys=case_keys,
        lease=timedelta(seconds=settings.lease_seconds),
        canary_mailbox=settings.canary_mailbox,
        webhooks=Client(egress=settings.egress),
        keyring=Keyring(settings.seal_keys),
        sms=gateway_of(settings),
        scanner=ClamAV(settings.clamav_url) if settings.clamav_url else None,
        presence=Presence(settings.worker_database_url),
        stop=stop,
    )


def gateway_of(settings: Settings) -> Gateway | None:
    """None without settings for one: nothing is sent by SMS."""
    if not settings.sms_gateway_url:
        return None
    return HttpGateway(
        client=Client(egress=settings.sms_egress),
        url=settings.sms_gateway_url,
        token=settings.sms_gateway_token,
        sender=settings.sms_sender,
    )


def run_worker(settings: Settings) -> None:
    """Follow hints until SIGTERM. While Redis is away wait for it: the sweepers deliver."""
    logs.configure()
    stop = Stop()
    runtime = build(settings, stop)
    check_role(runtime.database.engine)
    take_folders(settings, runtime.database.engine)
    jobs.use(runtime)
    with runtime.transaction() as uow:
        note_start("worker", uow=uow)
    pulse = Pulse(runtime)
    while not stop.requested:
        # Again each time: a worker that ended leaves handlers of its own behind.
        stop.on_signals()
        try:
            _follow_hints(settings, stop, pulse)
        except RedisError as error:
            # To wait is to live. What ends the process is caught nowhere, and no sign of life.
            pulse.beat()
            _log.warning("worker.redis_away", error=type(error).__name__)
        except StopRequested:
            break
        stop.on_signals()
        stop.pause(REDIS_PAUSE_SECONDS)
    note_end("worker", runtime)
    runtime.database.dispose()


def run_sweeper(settings: Settings) -> None:
    """Sweep until SIGTERM."""
    logs.configure()
    stop = Stop()
    stop.on_signals()
    runtime = build(settings, stop)
    check_role(runtime.database.engine)
    take_folders(settings, runtime.database.engine)
    with runtime.transaction() as uow:
        note_start("sweeper", uow=uow)
    queue = hints(connect(settings.redis_url))
    listener = Listener(settings.worker_database_url, stop)
    Sweeper(runtime, queue, listener, _anchoring(settings), erasing_of(settings)).run()
    note_end("sweeper", runtime)
    runtime.database.dispose()


def _anchoring(settings: Settings) -> Anchoring | None:
    """SettingsError if the key cannot be read: unsigned, the journals prove nothing."""
    if settings.anchor_key is None:
        _log.warning("anchors.off")
        return None
    return Anchoring(read_signer(settings.anchor_key), ways_out(settings))


def erasing_of(settings: Settings) -> Erasing | None:
    """None where no ledger is configured: erasures then wait, and nothing is erased."""
    if settings.erasure_ledger is None or settings.anchor_key is None or not settings.case_keys:
        _log.warning("erasures.off")
        return None
    book = LedgerFile(settings.erasure_ledger, read_signer(settings.anchor_key))
    return Erasing(book, CaseKeys(settings.case_keys, Keyring(settings.seal_keys)))


def _follow_hints(settings: Settings, stop: Stop, pulse: Pulse) -> None:
    """Returns when asked to leave, or when Redis or RQ failed."""
    connection = connect_blocking(settings.redis_url)
    worker = HintWorker(
        [hints(connection)],
        connection=connection,
        serializer=JSONSerializer,
        worker_ttl=WORKER_TTL,
        log_job_description=False,
    )
    worker.stop, worker.pulse = stop, pulse
    try:
        worker.work(logging_level="WARNING")
    finally:
        # RQ leaves it running when Redis goes away at the wrong moment.
        if worker.pubsub_thread is not None:
            worker.pubsub_thread.stop()
