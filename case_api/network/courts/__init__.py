"""Operations and schemas of courts."""
