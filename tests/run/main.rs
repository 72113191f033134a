//! Runs: attempts, models that give way, steps, money.
//!
//! One program for all files of the folder: one each took 53 s of CPU more, of 193 that all native tests take to compile.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

#[path = "../support/mod.rs"]
mod support;

mod budget;
mod contract_samples;
mod failover;
mod run;
mod run_failover;
mod steps;
