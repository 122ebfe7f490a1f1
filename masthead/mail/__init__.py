"""Email: composition and delivery. The features' tasks decide who gets which message, and when."""
