"""The API of the media library, and the endpoints of the scripts of our own pages, with the same answers."""
