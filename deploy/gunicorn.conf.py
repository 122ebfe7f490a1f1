"""Settings for plain gunicorn: ``gunicorn -c deploy/gunicorn.conf.py masthead.wsgi:app``.

The jobs then need processes of their own: ``masthead jobs run``, or ``masthead worker`` and ``masthead beat``.
"""

import os
from pathlib import Path

bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WORKERS", "2"))
worker_class = "gthread"
#: As many as `masthead serve` has: 16 for requests in progress, 240 that wait for one of these, 128 for arriving bodies,
#: 100 that wait for one of these, and 20 to spare; further requests are refused.
threads = 504
#: Seconds without a heartbeat after which a worker is replaced.
timeout = 60
graceful_timeout = 15
#: Longer than nginx keeps its connections, so that nginx never writes to a closed one.
keepalive = 75
#: A worker's heartbeat is a file; on a disk it can stall the worker.
worker_tmp_dir = next((place for place in ("/dev/shm",) if Path(place).is_dir()), None)
#: Since version 25 gunicorn opens a control socket in the home folder, which nothing here uses.
control_socket_disable = True
#: The application writes the access log, with the request id in every line.
accesslog = None
errorlog = "-"
loglevel = "warning"
