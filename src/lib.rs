//! placeholder
pub mod core;
pub mod daemon;
pub mod limits;
pub mod locale;
pub mod net;
pub mod store;
pub mod wire;
