"""Pages: texts outside the stream of posts, such as "About"."""
