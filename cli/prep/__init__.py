"""prep: timed ML interview exercises, graded on your own machine."""

__version__ = "0.1.0"
