//! placeholder
pub mod core;
pub mod limits;
pub mod locale;
pub mod store;
pub mod wire;
