"""How each generator means its files: one module for each."""
