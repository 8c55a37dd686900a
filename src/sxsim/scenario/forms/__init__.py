"""Forms that people fill in: self-assessments, sheets of weights, and the tables they come in."""
