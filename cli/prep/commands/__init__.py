"""One file per command: arguments in, one call, one view, an exit code out."""
