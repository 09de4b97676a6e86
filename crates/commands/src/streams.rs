//! Streams there is one of per county, and command ids derived from what causes them.

use uuid::Uuid;

/// Name space of derived ids; random, fixed for ever.
const NAMES: Uuid = Uuid::from_u128(0x5b1d_a0c0_6f3e_4f0a_9d3c_2a77_b1da_0001);

/// The county's unit tree.
#[must_use]
pub fn tree(county6: &str) -> Uuid {
    derived(&["org_tree", county6])
}

/// The county's published policies and calendars.
#[must_use]
pub fn policies(county6: &str) -> Uuid {
    derived(&["policies", county6])
}

/// The closed months of a unit.
#[must_use]
pub fn reports(unit: &str) -> Uuid {
    derived(&["reports", unit])
}

/// The record of a principal, by its name.
#[must_use]
pub fn principal(county6: &str, name: &str) -> Uuid {
    derived(&["principal", county6, name])
}

/// The record of privacy of a file, as `issue/<uuid>`.
#[must_use]
pub fn privacy(file: &str) -> Uuid {
    derived(&["privacy", file])
}

/// Where the searches of a principal are written down.
#[must_use]
pub fn searches(county6: &str, principal: &str) -> Uuid {
    derived(&["searches", county6, principal])
}

/// An id that is the same whenever it is derived from the same parts: the same timer or reaction is
/// the same command, on any node, on any day.
#[must_use]
pub fn derived(parts: &[&str]) -> Uuid {
    Uuid::new_v5(&NAMES, parts.join("\u{1f}").as_bytes())
}
