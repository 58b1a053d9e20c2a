"""`prep dev`: what makes an exercise whole, the proof that it works, and a start for a new one.

Returns data and prints nothing. The doors, one per command:

- `dev check`: `inspection.inspect`
- `dev try`: `trial.pick`, then `trial.run`
- `dev new`: `scaffold.new`
"""
