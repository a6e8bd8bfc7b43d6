"""Which rows are wanted, and how they are fetched."""
