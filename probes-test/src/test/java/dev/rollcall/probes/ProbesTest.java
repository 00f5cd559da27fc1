package dev.rollcall.probes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ProbesTest {
  @Test
  void makesTheProbeOfAUrl() throws IOException {
    try (RawServer server =
        new RawServer(
            line -> {
              line.request();
              line.answer(204, "", "");
            })) {
      Checked checked = Checked.of(Probes.forUrl("it", server.uri("/").toString()));
      checked.assertUp();
      assertThat(checked.attempt().status()).hasValue(204);
    }
  }

  @Test
  void keepsToItsOwnLimitInALongerAttempt() throws IOException {
    try (RawServer server = new RawServer(RawServer.Line::hang);
        HttpAsker asker = new HttpAsker(Dialer.system())) {
      Probes probes = new Probes(Dialer.system(), asker);
      ServerUrl url = ServerUrl.of(server.uri("/").toString()).limit(Duration.ofMillis(150));
      assertThat(Checked.of(probes.of("it", url)).reason())
          .startsWith("timeout: no answer within 150 ms");
    }
  }

  @Test
  void listsTheSchemesWhenItDoesNotKnowOne() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Probes.forUrl("it", "gopher://me:secret@host"))
        .withMessageStartingWith("gopher is not a supported scheme: use one of ")
        .withMessageContaining(", https, ")
        .withMessageNotContaining("secret");
  }
}
