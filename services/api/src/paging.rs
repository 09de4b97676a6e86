//! Page sizes, and opaque page tokens that are good for one query only.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

use crate::{Api, ApiError};

const PAGE_DEFAULT: u32 = 50;
const PAGE_MAX: u32 = 1_000;
const MAC_BYTES: usize = 16;

/// 0 is 50; at most 1000; negative is refused.
pub(crate) fn size(asked: i32) -> Result<u32, ApiError> {
    match u32::try_from(asked) {
        Ok(0) => Ok(PAGE_DEFAULT),
        Ok(asked) => Ok(asked.min(PAGE_MAX)),
        Err(_) => Err(ApiError::shape("page_size", "must not be negative", "不能为负数")),
    }
}

impl Api {
    /// Continues after `(sort, id)`; bound to the query by `filter`.
    pub(crate) fn page_token(&self, filter: &str, (sort, id): (i64, Uuid)) -> String {
        let mut bytes = sort.to_be_bytes().to_vec();
        bytes.extend(id.as_bytes());
        // Without one it is refused, as any forged token is.
        bytes.extend(self.page_mac(filter, &bytes).unwrap_or_default());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    pub(crate) fn after_token(
        &self,
        filter: &str,
        token: &str,
    ) -> Result<Option<(i64, Uuid)>, ApiError> {
        if token.is_empty() {
            return Ok(None);
        }
        let bad = || {
            ApiError::shape(
                "page_token",
                "must be the token of the page before, for the same query",
                "应为同一查询上一页给出的标记",
            )
        };
        let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| bad())?;
        let (key, mac) = bytes.split_at_checked(24).ok_or_else(bad)?;
        if mac != self.page_mac(filter, key)? {
            return Err(bad());
        }
        let sort: [u8; 8] = key.get(..8).and_then(|sort| sort.try_into().ok()).ok_or_else(bad)?;
        let id = key.get(8..).and_then(|id| Uuid::from_slice(id).ok()).ok_or_else(bad)?;
        Ok(Some((i64::from_be_bytes(sort), id)))
    }

    fn page_mac(&self, filter: &str, key: &[u8]) -> Result<Vec<u8>, ApiError> {
        let text = format!("{filter}\n{}", URL_SAFE_NO_PAD.encode(key));
        let mac = self.vault.following("page", &text)?;
        Ok(mac.into_iter().take(MAC_BYTES).collect())
    }
}
