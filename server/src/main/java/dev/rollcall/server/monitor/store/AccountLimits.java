package dev.rollcall.server.monitor.store;

/// How many services accounts and teams may have.
///
/// @param each one account or team
/// @param all all of them together: each service takes memory, and strangers make as many accounts
///   as they like
public record AccountLimits(int each, int all) {}
