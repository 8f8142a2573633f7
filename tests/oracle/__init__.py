"""An independent, naive second reading of the law, used as a test oracle."""
