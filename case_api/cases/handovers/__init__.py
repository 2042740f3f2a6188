"""Operations and schemas of handovers."""
