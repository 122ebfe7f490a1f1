"""The working copy of a post: what its writers typed since it was last saved, in a journal of differences."""
