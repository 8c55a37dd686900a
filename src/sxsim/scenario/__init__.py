"""What a user writes: one YAML file, one organisation and its plans."""
