"""Operations and schemas of ballots."""
