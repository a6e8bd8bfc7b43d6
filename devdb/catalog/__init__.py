"""What a database contains: tables, keys, sequences, and the graph over them."""
