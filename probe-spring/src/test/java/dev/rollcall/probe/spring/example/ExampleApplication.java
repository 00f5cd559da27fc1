package dev.rollcall.probe.spring.example;

import dev.rollcall.probe.Probe;
import dev.rollcall.probe.ProbeFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;

/// An application with a probe of its own and a health indicator of its own, both of which look at
/// the folder `example.folder`.
@SpringBootApplication
public class ExampleApplication {
  /// Serves until it is ended.
  public static void main(String[] arguments) {
    SpringApplication.run(ExampleApplication.class, arguments);
  }

  @Bean
  Probe inbox(@Value("${example.folder}") Path folder) {
    return Probe.of(
        "inbox",
        attempt -> {
          if (!Files.isWritable(folder)) {
            throw new ProbeFailure("cannot write to " + folder);
          }
        });
  }

  @Bean
  HealthIndicator outboxHealthIndicator(@Value("${example.folder}") Path folder) {
    return () ->
        Files.isWritable(folder)
            ? Health.up().build()
            : Health.down().withDetail("error", "no writing to " + folder).build();
  }
}
