"""Operations and schemas of household."""
