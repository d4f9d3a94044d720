"""Personal data: who saw it, who agreed, what is erased."""
