"""Every port: what gradewise asks of the outside world."""
