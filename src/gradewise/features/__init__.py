"""What is measured of a text: documents, feature groups, the catalogue. Pure."""
