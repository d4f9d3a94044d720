"""Our hot paths beside the limits of the machine, measured in one run (`make bench`).

A figure here is a ratio to a limit measured in the same minute, so that it means the same on
another machine.
"""
