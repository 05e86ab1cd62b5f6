"""From a bank's own log to the files that put it under governance."""
