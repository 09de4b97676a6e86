//! Why the vault does not seal or open.

use thiserror::Error;

#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum VaultError {
    #[error("the key was destroyed; nobody can read this any more")]
    Destroyed,
    #[error("the key is frozen; it may be kept and protected, not used")]
    Frozen,
    #[error("the vault has no such key")]
    UnknownKey,
    /// Another key, field, class, stream or log than it was sealed for, or changed bytes.
    #[error("this is not what was sealed here")]
    Tampered,
    #[error("the key file is not the one this vault was made with; restore that one")]
    WrongKek,
    /// The key file; the text is for the operator and names the file.
    #[error("{0}")]
    KekFile(String),
    /// The disk or the file; nothing was decided about the keys. Trying again may help.
    #[error("vault: {0}")]
    Unavailable(String),
}

impl VaultError {
    /// What people see in place of the words.
    #[must_use]
    pub const fn zh(&self) -> &'static str {
        match self {
            Self::Destroyed => "已删除",
            Self::Frozen => "已冻结",
            Self::UnknownKey => "密钥不存在",
            Self::Tampered => "内容校验不通过",
            Self::WrongKek | Self::KekFile(_) | Self::Unavailable(_) => "暂时无法读取",
        }
    }
}

pub(crate) fn unavailable(error: impl std::fmt::Display) -> VaultError {
    VaultError::Unavailable(error.to_string())
}
