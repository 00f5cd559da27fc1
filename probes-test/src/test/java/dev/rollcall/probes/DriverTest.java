package dev.rollcall.probes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.probe.Probe;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.SortedSet;
import java.util.stream.Stream;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http2.config.H2Config;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class DriverTest {
  @ParameterizedTest
  @EnumSource
  void isThereInTheseTestsWithTheVersionThatTheMessageNames(Driver driver) {
    driver.need(Probe.class);
    assertThat(driver.coordinates()).matches("[a-z.]+:[a-z-]+:[0-9.]+");
  }

  /// A user's class path that holds the probes, what they always bring along, and no driver.
  private static URLClassLoader withoutDrivers() throws ClassNotFoundException {
    Stream<Class<?>> there =
        Stream.of(
            Probe.class,
            Probes.class,
            HttpClients.class,
            HttpHost.class,
            H2Config.class,
            Class.forName("org.slf4j.LoggerFactory")); // the HTTP client's, not ours to name
    URL[] path =
        there
            .map(each -> each.getProtectionDomain().getCodeSource().getLocation())
            .toArray(URL[]::new);
    return new URLClassLoader(path, ClassLoader.getPlatformClassLoader());
  }

  static SortedSet<String> schemes() {
    return Probes.schemes();
  }

  @ParameterizedTest
  @MethodSource("schemes")
  void keepsNoOtherProbeFromBeingMadeWhenItIsMissing(String scheme) throws Exception {
    String query = scheme.startsWith("swift") ? "?project=x" : "";
    String path = Checked.path(scheme);
    String url =
        switch (scheme) {
          case "unix" -> "unix:///x";
          case "ping" -> "ping://127.0.0.1";
          default -> scheme + "://u:p@127.0.0.1:1" + path + query;
        };
    try (URLClassLoader loader = withoutDrivers()) {
      Method make =
          loader.loadClass(Probes.class.getName()).getMethod("forUrl", String.class, String.class);
      try {
        assertThat(make.invoke(null, "it", url)).isNotNull();
      } catch (InvocationTargetException e) {
        assertThat(e)
            .cause()
            .isExactlyInstanceOf(IllegalStateException.class)
            .hasMessageContaining("needs a driver that is not on the class path; add ");
      }
    }
  }

  @Test
  void saysWhatToAddWhenItIsMissing() throws Exception {
    try (URLClassLoader loader = withoutDrivers()) {
      Class<?> driver = loader.loadClass(Driver.class.getName());
      var need = driver.getDeclaredMethod("need", Class.class);
      need.setAccessible(true);
      assertThatThrownBy(() -> need.invoke(driver.getEnumConstants()[0], Probe.class))
          .isInstanceOf(InvocationTargetException.class)
          .cause()
          .isInstanceOf(IllegalStateException.class)
          .hasMessageMatching(
              """
              Probe needs a driver that is not on the class path; add org.postgresql:postgresql:[0-9.]+:
              <dependency>
                <groupId>org.postgresql</groupId>
                <artifactId>postgresql</artifactId>
                <version>[0-9.]+</version>
              </dependency>\
              """);
    }
  }
}
