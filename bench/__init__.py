"""Measurements of devdb against the floor; see README.md in this directory."""
