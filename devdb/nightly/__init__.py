"""The run by cron or a timer: one at a time, with a log, a status for monitoring, and dated dumps."""
