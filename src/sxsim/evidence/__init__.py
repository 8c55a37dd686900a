"""What holds the model against theory and reality: published figures, checks, and the table that shows them all."""
