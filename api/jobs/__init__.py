"""Background work that drains what commands wrote."""

from api.jobs.draining import run_waiting_jobs
from api.jobs.durable import start_jobs, stop_jobs, wake

__all__ = ["run_waiting_jobs", "start_jobs", "stop_jobs", "wake"]
