//! What it costs: exact amounts, prices, the bill of a run, its budget, and the account.

pub mod usd;

pub mod pricing;

pub mod cost;

pub mod budget;
pub mod call_budget;

pub mod account;
