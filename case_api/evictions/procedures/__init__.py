"""Operations and schemas of procedures."""
