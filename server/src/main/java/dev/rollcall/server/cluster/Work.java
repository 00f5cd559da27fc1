package dev.rollcall.server.cluster;

/// What a process is doing.
///
/// @param checks under way
/// @param deliveries under way
/// @param waiting outcomes of checks that wait for the database
public record Work(int checks, int deliveries, int waiting) {}
