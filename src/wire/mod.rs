//! wire: this branch's part.
pub mod place;
