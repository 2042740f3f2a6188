"""HTTP for the network: organisations, professionals, the collaboration protocol."""
