"""What a source that is not PostgreSQL says of itself, and the PostgreSQL schema that follows from it."""
