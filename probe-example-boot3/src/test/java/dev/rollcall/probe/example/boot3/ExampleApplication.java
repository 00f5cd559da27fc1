package dev.rollcall.probe.example.boot3;

import dev.rollcall.probe.spring.example.Inbox;
import dev.rollcall.probe.spring.example.Logins;
import java.nio.file.Files;
import java.nio.file.Path;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/// An application of Spring Boot 3 with a probe and a health indicator of its own, both of which
/// look at the folder `example.folder`.
@SpringBootApplication
@Import({Inbox.class, Logins.class})
public class ExampleApplication {
  /// Serves until it is ended.
  public static void main(String[] arguments) {
    SpringApplication.run(ExampleApplication.class, arguments);
  }

  @Bean
  HealthIndicator outboxHealthIndicator(@Value("${example.folder}") Path folder) {
    return () ->
        Files.isWritable(folder)
            ? Health.up().build()
            : Health.down().withDetail("error", "no writing to " + folder).build();
  }
}
