"""The rules of the model, one file per concept. Only NumPy and Numba are used here."""
