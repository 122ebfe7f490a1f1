"""A package of its own name: a wheel of the test group (marko's) ships a `tests` too, and would be found instead."""
