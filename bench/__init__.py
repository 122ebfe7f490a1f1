"""Benchmarks: ratios between servers on the same machine in the same run, never times."""
