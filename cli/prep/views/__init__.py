"""From the model to text: pure functions of data; only `console` prints."""
