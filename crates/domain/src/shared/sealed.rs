//! Text the domain may carry but never read: sealed by the vault before it gets here.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Ciphertext of free text or of anything that identifies a resident (DESIGN §4).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sealed {
    pub key_id: Uuid,
    /// Binds the ciphertext to exactly one key, base64.
    pub commitment: String,
    /// Nonce and ciphertext, base64.
    pub text: String,
}
