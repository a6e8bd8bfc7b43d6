"""What devdb knows of each foreign data wrapper: its options, and how rows are fetched through it."""
