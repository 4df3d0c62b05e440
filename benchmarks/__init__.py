"""What gradewise costs and reaches, measured on this machine."""
