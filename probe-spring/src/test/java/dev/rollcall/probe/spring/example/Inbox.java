package dev.rollcall.probe.spring.example;

import dev.rollcall.probe.Probe;
import dev.rollcall.probe.ProbeFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// The part of an example application that is the same for every Spring Boot: a probe which looks
/// at the folder `example.folder`, and is degraded where a file `full` is in it.
@Configuration(proxyBeanMethods = false)
public class Inbox {
  /// Made by Spring.
  public Inbox() {}

  @Bean
  Probe inbox(@Value("${example.folder}") Path folder) {
    return Probe.of(
        "inbox",
        attempt -> {
          attempt.detail("folder", folder.toString());
          if (!Files.isWritable(folder)) {
            throw new ProbeFailure("cannot write to " + folder);
          }
          if (Files.exists(folder.resolve("full"))) {
            attempt.degraded("little room in " + folder);
          }
        });
  }
}
