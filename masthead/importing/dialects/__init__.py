"""One module for each site generator whose folders can be read, and what they share."""
