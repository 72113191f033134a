//! The catalog of models, its filters, and the scan.

pub mod model_size;
pub mod price;

pub mod catalog_model;

pub mod catalog_filter;

pub mod catalog;

pub mod scan;
