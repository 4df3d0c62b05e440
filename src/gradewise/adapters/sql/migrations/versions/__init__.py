"""One module a revision; what was released is never edited."""
