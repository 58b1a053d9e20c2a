"""The rules of practice: the clock, attempts, the verdict, the streak."""
