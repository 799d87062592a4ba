"""Studies: lists of trials and what they say together."""
