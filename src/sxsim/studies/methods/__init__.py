"""Methods of studies that need no scenario: searches, indices, fair shares, boxes, fits, and the statistics they share."""
