"""Knowing beforehand: what a run would take, why, how long it would last, and what stands in its way."""
