"""Handing a case over to another reference worker, with acceptance."""
