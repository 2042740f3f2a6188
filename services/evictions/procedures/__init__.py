"""An eviction procedure and its dated acts."""
