package dev.rollcall.server.http;

import java.util.Optional;
import java.util.function.Supplier;

/// One thing that has to be in order for the program to serve.
///
/// @param name what it is, in the operator's words
/// @param problem asked at each `/ready`: why it is not in order, or nothing; it answers at once
public record ReadyCheck(String name, Supplier<Optional<String>> problem) {}
