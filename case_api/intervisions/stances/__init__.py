"""Operations and schemas of stances."""
