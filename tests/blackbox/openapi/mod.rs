//! The documents of the APIs (`docs/openapi/`) as a judge: what goes over the wire must be as they say.
//!
//! [`Api`] reads the documents once. The black-box tests then show it each request and each reply; a route, status, field
//! or media type that the documents do not have is a defect, of the service or of the document.

mod api;
mod document;
mod form;
mod operation;
mod path_template;

pub(crate) use api::Api;

#[cfg(test)]
mod document_tests;
#[cfg(test)]
mod guide_tests;
#[cfg(test)]
mod judge_tests;
