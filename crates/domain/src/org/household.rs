//! Households, and the call devices in them.

use serde::{Deserialize, Serialize};

use super::command::{RegisterDevice, RegisterHousehold};
use super::event::{DeviceRegistered, HouseholdRegistered};
use super::{Org, OrgError, OrgEvent};
use crate::shared::ids::{HouseholdId, UnitId};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Household {
    pub unit: UnitId,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    pub household: HouseholdId,
}

pub fn register(org: &Org, verb: RegisterHousehold) -> Result<Vec<OrgEvent>, OrgError> {
    match org {
        Org::Absent => {
            let RegisterHousehold { household, unit, address } = verb;
            Ok(vec![HouseholdRegistered { household, unit, address }.into()])
        }
        Org::Household(known) if known.unit == verb.unit => Ok(Vec::new()),
        Org::Household(_) => Err(OrgError::RegisteredOtherwise),
        Org::Tree(_) | Org::Post(_) | Org::Person(_) | Org::Device(_) => Err(OrgError::WrongKind),
    }
}

pub fn register_device(org: &Org, verb: RegisterDevice) -> Result<Vec<OrgEvent>, OrgError> {
    match org {
        Org::Absent => {
            let RegisterDevice { device, household } = verb;
            Ok(vec![DeviceRegistered { device, household }.into()])
        }
        Org::Device(known) if known.household == verb.household => Ok(Vec::new()),
        Org::Device(_) => Err(OrgError::RegisteredOtherwise),
        Org::Tree(_) | Org::Post(_) | Org::Person(_) | Org::Household(_) => {
            Err(OrgError::WrongKind)
        }
    }
}
