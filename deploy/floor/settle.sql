-- What a floor leaves to be done, done before the hub is measured: else the
-- server would vacuum and write out the one's rows while it serves the other.
VACUUM (ANALYZE);
CHECKPOINT;
