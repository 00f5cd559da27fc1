package dev.rollcall.bench;

import java.io.IOException;

/// One figure: measures it and prints it beside what is asked.
interface Benchmark {
  String name();

  /// Whether it takes so long that it runs only where it is named.
  default boolean onlyByName() {
    return false;
  }

  void run(Stage stage, Length length) throws IOException, InterruptedException;
}
