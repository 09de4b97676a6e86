//! Periods and calendars against cases worked out by hand.
