package dev.rollcall.probe.spring.example;

import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/// An application that knows nothing of Spring's health.
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import({Inbox.class, Logins.class})
public class WithoutActuatorApplication {
  /// Made by Spring.
  public WithoutActuatorApplication() {}

  /// Starts it on a port that the system property `example.port` then names.
  public static AutoCloseable start(String[] settings) {
    List<String> arguments = new ArrayList<>(List.of(settings));
    arguments.add("--server.port=0");
    arguments.add("--server.address=127.0.0.1");
    arguments.add("--spring.main.banner-mode=off");
    arguments.add("--logging.level.root=warn");
    ConfigurableApplicationContext application =
        SpringApplication.run(WithoutActuatorApplication.class, arguments.toArray(String[]::new));
    System.setProperty(
        "example.port",
        String.valueOf(application.getEnvironment().getProperty("local.server.port")));
    return application;
  }
}
