"""Old addresses that lead to something that has another address now."""
