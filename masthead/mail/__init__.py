"""Letters: how they are set and how they are sent. Who gets which letter, and when, is up to the features' tasks."""
