"""What every operation of the JSON API shares: shapes checked, answers written, tags compared, lists paged."""
