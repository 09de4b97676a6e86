//! Where a SQLite file is, as a URL takes it.

use std::io;
use std::path::Path;

/// `sqlite:///data/views.db?mode=rwc`; `mode` is `ro`, `rw` or `rwc`.
///
/// # Errors
/// When the working directory is gone and the path is relative to it.
pub fn sqlite_url(path: &Path, mode: &str) -> io::Result<String> {
    let path = std::path::absolute(path)?;
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"/-_.~".contains(byte);
    let encoded: String = path
        .as_os_str()
        .as_encoded_bytes()
        .iter()
        .map(
            |byte| if plain(byte) { char::from(*byte).to_string() } else { format!("%{byte:02X}") },
        )
        .collect();
    Ok(format!("sqlite://{encoded}?mode={mode}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_with_any_signs_is_one_path() {
        let url = sqlite_url(Path::new("/数据/a b?c%.db"), "ro").unwrap();
        assert_eq!(url, "sqlite:///%E6%95%B0%E6%8D%AE/a%20b%3Fc%25.db?mode=ro");
    }
}
