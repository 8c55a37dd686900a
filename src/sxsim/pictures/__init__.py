"""Pictures one could show a board. They take plain data, and share one canvas, one set of colours and one layout."""
