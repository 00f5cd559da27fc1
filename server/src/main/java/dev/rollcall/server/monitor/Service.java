package dev.rollcall.server.monitor;

import java.time.Instant;

/// A service as it is in the list.
///
/// @param origin where it was defined: the API changes only services of the API
record Service(
    long id, String name, String url, Origin origin, Instant createdAt, Instant updatedAt) {

  /// Where a service comes from.
  enum Origin {
    /// `services:` in `rollcall.yaml`.
    FILE("file"),
    /// `POST /v1/services`.
    API("api"),
    /// Another service's `/_health`: see [DerivedServices].
    DERIVED("derived");

    private final String word;

    Origin(String word) {
      this.word = word;
    }

    String word() {
      return word;
    }

    static Origin ofWord(String word) {
      return switch (word) {
        case "file" -> FILE;
        case "api" -> API;
        case "derived" -> DERIVED;
        default -> throw new IllegalArgumentException("no origin is called " + word);
      };
    }
  }
}
