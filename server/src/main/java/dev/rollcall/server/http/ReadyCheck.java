package dev.rollcall.server.http;

import java.util.Optional;
import java.util.function.Supplier;

/// Something that has to work for the program to be ready.
///
/// @param name its name for the operator
/// @param problem why it does not work, or nothing; called for each `/ready`, and returns at once
public record ReadyCheck(String name, Supplier<Optional<String>> problem) {}
