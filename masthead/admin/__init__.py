"""The frame of the administration and its overview. The features own their sections."""
