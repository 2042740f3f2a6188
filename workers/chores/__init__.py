"""What the sweepers do about files, anchors of the journals, and erasures."""
