"""What programs follow: feeds in three formats, the site map and the rules for crawlers."""
