//! Rules of the organisation, one test per refusal and per fact.
