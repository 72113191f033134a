//! Images of a transcript (sanitization 5).
