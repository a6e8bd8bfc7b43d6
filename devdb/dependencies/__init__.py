"""What needs what: the objects of a database, and those that each of them cannot live without."""
