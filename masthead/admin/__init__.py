"""The frame of the administration and its overview; the sections belong to their features."""
