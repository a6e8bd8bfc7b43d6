"""The kinds of masks, by name."""
