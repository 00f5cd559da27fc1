package dev.rollcall.server.cluster;

/// What this process says of itself.
///
/// @param name by which people know it
/// @param version of the program
/// @param schema the newest script of the tables that it knows
/// @param url where it answers
/// @param runsChecks whether it claims due rows
public record Self(String name, String version, int schema, String url, boolean runsChecks) {}
