"""Plain classification: texts whose labels have no order."""
