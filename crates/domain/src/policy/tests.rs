//! What may be published, one test per refusal.
