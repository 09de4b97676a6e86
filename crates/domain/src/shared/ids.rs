//! Identifiers as types, so that a post is never passed where a person is meant.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }
    )+};
}

id! {
    /// One call: press, rings, answer or miss, disposition.
    CallId,
    /// One issue (诉求/事项), from registration to the closed file.
    IssueId,
    /// A unit of the county tree; permanent, while codes and parents are dated attributes.
    UnitId,
    /// A post (岗位) in a unit: work is held by posts, persons are looked up.
    PostId,
    /// A member of staff.
    PersonId,
    /// A household that may own call devices.
    HouseholdId,
    /// A call device (一键呼叫器).
    DeviceId,
}
