"""Shortest processor times of a benchmark program of ours and of a rival's function, in alternating runs."""
import subprocess
import time


def processor_seconds(function):
    start = time.process_time()
    function()
    return time.process_time() - start


def alternate(command, function, repetitions):
    """Seconds that `command` prints, and that `function` takes."""
    ours = theirs = float("inf")
    for _ in range(repetitions):
        run = subprocess.run(command, check=True, capture_output=True, text=True)
        ours = min(ours, float(run.stdout))
        theirs = min(theirs, processor_seconds(function))
    return ours, theirs
