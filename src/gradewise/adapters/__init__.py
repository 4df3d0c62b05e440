"""One technology per file."""

import logging

# What adapters log is for whoever asks: without this, Python prints warnings where nobody does.
logging.getLogger("gradewise").addHandler(logging.NullHandler())
