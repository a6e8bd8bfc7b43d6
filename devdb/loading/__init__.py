"""Fill the dev database from COPY streams of the source, over several connections at once."""
