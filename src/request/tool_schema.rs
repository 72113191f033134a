//! Moonshot's tool schemas (provider-rules 5.9).
