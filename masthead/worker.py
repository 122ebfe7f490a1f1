"""The Celery application for external workers: ``celery -A masthead.worker worker``."""

from masthead import clock
from masthead.app import create_app
from masthead.jobs import celery_bridge

clock.ignore_leaps()
app = celery_bridge.worker_of(create_app())
