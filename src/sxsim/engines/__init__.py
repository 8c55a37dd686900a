"""How a world runs: its arrays, its starting state, the order of a contact and of a month, and the engines."""
