//! Tool ids in the form a provider takes (sanitization 9).
