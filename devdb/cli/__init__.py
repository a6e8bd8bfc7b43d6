"""The commands: options in, errors out."""
