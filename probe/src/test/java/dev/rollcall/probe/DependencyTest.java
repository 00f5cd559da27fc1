package dev.rollcall.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.Test;

/// What a user's application gets besides: nothing.
class DependencyTest {
  @Test
  void needsTheJdksBaseAndHttpServerAlone() throws Exception {
    Path classes = Path.of(Probe.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    StringWriter out = new StringWriter();
    ToolProvider.findFirst("jdeps")
        .orElseThrow()
        .run(
            new PrintWriter(out),
            new PrintWriter(out),
            "--multi-release=25",
            "--print-module-deps",
            "--ignore-missing-deps", // jspecify's annotations, which nobody needs at run time
            classes.toString());
    assertThat(out.toString().strip()).isEqualTo("java.base,jdk.httpserver");
  }
}
