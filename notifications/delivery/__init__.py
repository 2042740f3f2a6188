"""What waits is sent: by mail, by SMS or to an endpoint; and what follows when it cannot be."""
