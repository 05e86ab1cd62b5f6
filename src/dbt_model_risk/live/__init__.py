"""Live monitoring: what is measured in windows of days, minutes after the predictions."""
