"""Sources whose texts are all in memory: exports of Ghost, Substack and Medium."""
