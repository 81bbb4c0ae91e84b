"""``python -m workers worker|scheduler``."""

from __future__ import annotations

import sys

from rq import Queue
from rq.job import Job
from rq.worker import SimpleWorker

from config.settings import Settings
from service.jobs import DECIDE_QUEUE, DELIVER_QUEUE, LATER_QUEUE
from service.logs import configure_logs
from service.wake import connect, redis_wake
from workers import scheduler
from workers.context import STOPPING


class FastWorker(SimpleWorker):
    """A worker that is missed soon after it dies (RQ's own lease is seven minutes); jobs here are short and repeatable."""

    max_connection_wait_time = 5.0
    """RQ would sleep up to a minute more after Redis is back."""

    def get_heartbeat_ttl(self, job: Job, working_time: float = 0.0) -> int:
        return int(self.job_monitoring_interval) + 15

    def handle_warm_shutdown_request(self) -> None:
        """The job at hand is finished, as RQ has it; one that sends message after message gives the rest back."""
        STOPPING.set()
        super().handle_warm_shutdown_request()


def main(arguments: list[str]) -> int:
    settings = Settings.of_process()
    configure_logs()
    command = arguments[0] if arguments else ""
    if command == "scheduler":
        scheduler.run(connect(settings.redis_url), redis_wake(settings.redis_url))
    elif command == "worker":
        connection = connect(settings.redis_url, patient=True)
        queues = [Queue(name, connection=connection) for name in (DECIDE_QUEUE, DELIVER_QUEUE, LATER_QUEUE)]
        worker = FastWorker(
            queues, connection=connection, worker_ttl=20, maintenance_interval=5, job_monitoring_interval=5
        )
        worker.work(logging_level="WARNING")
    else:
        sys.stderr.write("usage: python -m workers worker|scheduler\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
