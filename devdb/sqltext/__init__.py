"""Text to SQL, without a server: templates, statements, quoting."""
