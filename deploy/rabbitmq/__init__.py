"""What a RabbitMQ node knows from its boot on, so that a wiped one comes back complete.

Queues and bindings are not among it: every service declares its own whenever it connects.
"""
