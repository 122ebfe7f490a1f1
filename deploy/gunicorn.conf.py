"""gunicorn for those who know it and want it: ``gunicorn -c deploy/gunicorn.conf.py masthead.wsgi:app``.

The jobs then need processes of their own: ``masthead jobs run``, or ``masthead worker`` and ``masthead beat``.
"""

import os
from pathlib import Path

bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WORKERS", "2"))
worker_class = "gthread"
#: As many as `masthead serve` has. 16 of them work, 240 wait for that, 128 for bodies to arrive and 100 for that; what is
#: beyond is refused.
threads = 504
#: A worker that has not said for this long that it lives is replaced.
timeout = 60
graceful_timeout = 15
#: Longer than nginx keeps its connections to us, so that it is never nginx who writes to a closed one.
keepalive = 75
#: A worker's heartbeat is a file; on a disk it can stall the worker.
worker_tmp_dir = next((place for place in ("/dev/shm",) if Path(place).is_dir()), None)
#: Since version 25 gunicorn opens a control socket in the home folder. Nobody here uses it.
control_socket_disable = True
#: The application has its own log, with the request's id in every line.
accesslog = None
errorlog = "-"
loglevel = "warning"
