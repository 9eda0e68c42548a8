//! REST: what can be asked for by HTTP, as the core's requests; its replies as answers.
//!
//! Knows no session and no connection. Why a request's body is read as a JSON line is: one set of
//! fields, and one refusal of what is wrong in them, for every door.

mod answer;
mod ask;
mod files;
#[cfg(test)]
mod openapi_tests;
mod routes;
#[cfg(test)]
mod tests;

pub use answer::{answer, refuse};
pub use ask::{after, asked, token};
pub use files::{Part, begun, sent, wanted};
pub use routes::{Action, Found, ROUTES, Row, find};

/// What the addresses are, for programs (OpenAPI 3.1).
pub const OPENAPI: &str = include_str!("openapi.json");
