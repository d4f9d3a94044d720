"""What the tests need of the world: private servers, a mailbox, a browser, patience."""
