"""Since when a daily series has left its level: four detectors, and how often each alarms for nothing."""
