"""``masthead db move``: the whole publication from one database to another, of the same kind or of the other."""
