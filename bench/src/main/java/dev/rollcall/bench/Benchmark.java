package dev.rollcall.bench;

import java.io.IOException;

/// Measures one thing, and prints the result and the required value.
interface Benchmark {
  String name();

  /// Whether it takes so long that it runs only if it is named.
  default boolean onlyByName() {
    return false;
  }

  void run(Stage stage, Length length) throws IOException, InterruptedException;
}
