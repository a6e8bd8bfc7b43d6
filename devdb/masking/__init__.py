"""What replaces values: masks as SQL over built-in functions, and who decided on them."""
