"""Pictures: what may come in, the form in which it is kept, and how readers get it."""
