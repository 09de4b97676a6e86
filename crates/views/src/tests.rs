//! Views are rebuilt equal, skip what they saw, and park one stream at a time.
