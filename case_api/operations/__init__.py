"""For those who run it: is it alive, is it ready, how does it do, what was asked."""
