package dev.rollcall.server.app;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ListenerTest {
  @Test
  void itsUrlForOtherMachinesHasTheNameOfThisOneIfItListensOnAllAddresses() {
    assertThat(on("0.0.0.0").url(8080, "two")).isEqualTo("http://two:8080");
    assertThat(on("::").url(8080, "two")).isEqualTo("http://two:8080");
    assertThat(on("10.0.0.22").url(8080, "two")).isEqualTo("http://10.0.0.22:8080");
    assertThat(on("fd00::22").url(8080, "two")).isEqualTo("http://[fd00::22]:8080");
    assertThat(on("0.0.0.0").url(8080)).isEqualTo("http://localhost:8080");
  }

  private static Listener on(String host) {
    return new Listener(host, 0, "ROLLCALL_PORT");
  }
}
