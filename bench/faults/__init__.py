"""Faults on purpose: what is killed, stopped or filled up, and what was lost. The figures go into docs/reliability.md."""
