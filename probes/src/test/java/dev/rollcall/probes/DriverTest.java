package dev.rollcall.probes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.probe.Probe;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DriverTest {
  @ParameterizedTest
  @EnumSource
  void isThereInTheseTestsWithTheVersionThatTheMessageNames(Driver driver) {
    driver.need(Probe.class);
    assertThat(driver.coordinates()).matches("[a-z.]+:[a-z-]+:[0-9.]+");
  }

  /// A user's class path that holds the probes and none of the drivers.
  @Test
  void saysWhatToAddWhenItIsMissing() throws Exception {
    URL[] path = {
      Probe.class.getProtectionDomain().getCodeSource().getLocation(),
      Probes.class.getProtectionDomain().getCodeSource().getLocation()
    };
    try (URLClassLoader loader = new URLClassLoader(path, ClassLoader.getPlatformClassLoader())) {
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
              </dependency>""");
    }
  }
}
