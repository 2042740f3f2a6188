"""How requests and answers are shaped: ETags, paging, fields, uploads, limits, replays."""
