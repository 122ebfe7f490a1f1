"""Pages of posts: lists for readers, the writer's desk and the history."""
