"""Operations and schemas of follow ups."""
