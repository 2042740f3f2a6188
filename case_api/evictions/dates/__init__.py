"""Operations and schemas of dates."""
