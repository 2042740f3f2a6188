"""Operations and schemas of team."""
