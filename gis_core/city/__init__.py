"""The city as a whole: where each community stands with its plans."""
