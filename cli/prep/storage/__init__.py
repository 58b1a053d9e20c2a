"""Files and databases: where things are kept, read and written. No rules of practice."""
