//! Any sequence of calls at any times: what holds afterwards holds whatever order the world chose.

mod challenge;
mod delivery;
mod device;
mod enrolment;
mod limits;
mod user;
