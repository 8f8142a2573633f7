"""The explorer: every determination of an edition in one page, looked up and never decided there."""
