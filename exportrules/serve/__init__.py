"""Doors that stay open: a Model Context Protocol server, and an HTTP API. Both ask the same questions (`answers`)."""
