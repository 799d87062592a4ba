"""What a person sees on a terminal: events as they come, results when they are there."""
