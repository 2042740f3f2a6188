"""Operations and schemas of tasks."""
