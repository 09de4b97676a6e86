//! Rules of a call, one test per refusal and per fact.
