"""Running: tasks, sharing, what is kept."""
