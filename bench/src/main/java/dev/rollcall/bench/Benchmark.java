package dev.rollcall.bench;

import java.io.IOException;

/// One figure: measures it and prints it beside what is asked.
interface Benchmark {
  String name();

  void run(Stage stage, Length length) throws IOException, InterruptedException;
}
