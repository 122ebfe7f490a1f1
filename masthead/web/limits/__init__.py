"""Rate limits: throttling by moving windows, the storages that count, and the headers that tell clients."""
