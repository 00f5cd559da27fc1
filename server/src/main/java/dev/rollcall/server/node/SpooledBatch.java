package dev.rollcall.server.node;

/// Results that are sent together.
///
/// @param number its place in the spool
/// @param id the same each time that it is sent, and never used for another one
/// @param results how many results there are
/// @param body a JSON array of results as `POST /results` reads it, compressed with gzip
public record SpooledBatch(long number, String id, int results, byte[] body) {}
