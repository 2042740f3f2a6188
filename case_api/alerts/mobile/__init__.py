"""Operations and schemas of mobile."""
