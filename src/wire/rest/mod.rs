//! REST: what can be asked for by HTTP, as the core's requests; its replies as answers.
//!
//! Knows no session and no connection. Why a request's body is read as a JSON line is: one set of
//! fields, and one refusal of what is wrong in them, for every door.

mod routes;

pub use routes::{Action, Found, ROUTES, Row, find};
