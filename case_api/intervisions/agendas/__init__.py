"""Operations and schemas of agendas."""
