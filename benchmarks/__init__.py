"""What prep itself costs, measured beside what it cannot avoid: Python's start and pytest's run.

    python -m benchmarks                  everything, about five minutes
    python -m benchmarks --only start     the commands
    python -m benchmarks --only grade     the grading
    python -m benchmarks --rounds 5       quicker and rougher

All cases of a table are measured in turns, so that a busy machine slows them alike. Nothing is
asserted: the ratios are for people to read, and a loaded machine makes no test red.
"""
