"""The hands between store and transports: intake, delivery, and the pool that reads mail."""
