"""Other programs that do some of the same work, measured beside devdb."""
