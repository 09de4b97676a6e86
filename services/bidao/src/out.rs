//! What people and programs read. A reader who leaves early (`| head`) is no error.

use std::fmt::Arguments;
use std::io::Write;

/// As `println!`, without its panic on a closed pipe.
macro_rules! say {
    () => { $crate::out::line(format_args!("")) };
    ($($text:tt)*) => { $crate::out::line(format_args!($($text)*)) };
}
pub(crate) use say;

pub fn line(text: Arguments<'_>) {
    let mut stdout = std::io::stdout().lock();
    if writeln!(stdout, "{text}").and_then(|()| stdout.flush()).is_err() {
        tracing::debug!("nobody reads the output any more");
    }
}
