"""The proof that nothing leaked: raw values of masked columns are searched for in what was made."""
