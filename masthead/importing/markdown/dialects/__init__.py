"""One module for each site generator, and the classes that they share."""
