"""``masthead dev new-feature``: writes a small working feature into a checkout of the source."""
