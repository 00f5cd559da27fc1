package dev.rollcall.probe.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/// What editors offer while somebody writes `application.yaml`.
class MetadataTest {
  @Test
  void describesEverySetting() throws Exception {
    String metadata;
    try (InputStream file =
        MetadataTest.class.getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
      metadata = new String(file.readAllBytes(), StandardCharsets.UTF_8);
    }
    for (RecordComponent setting : RollcallHealthProperties.class.getRecordComponents()) {
      String name = setting.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
      assertThat(metadata).contains("\"rollcall.health." + name + "\"");
    }
  }
}
