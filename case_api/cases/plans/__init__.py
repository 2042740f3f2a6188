"""Operations and schemas of plans."""
