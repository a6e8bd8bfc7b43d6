"""What follows the load: indexes, keys, triggers and statistics, over several connections."""
