//! Rules of an issue, one test per refusal and per fact.
