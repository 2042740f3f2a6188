"""Operations and schemas of break glass."""
