"""How the services are put to work: the whole school in one process, images, the demonstration."""
