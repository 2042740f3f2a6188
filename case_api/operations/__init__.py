"""What operators ask of the API: is it alive, is it ready, how does it do, what was asked."""
