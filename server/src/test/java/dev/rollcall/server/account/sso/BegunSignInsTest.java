package dev.rollcall.server.account.sso;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.server.account.oidc.BegunSignIn;
import dev.rollcall.server.http.Refusal;
import dev.rollcall.server.secret.InstallationKey;
import dev.rollcall.server.sql.TestClock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BegunSignInsTest {
  private final TestClock clock = new TestClock();

  @TempDir Path folder;

  private BegunSignIns signIns;
  private BegunSignIn begun;
  private String cookie;

  @BeforeEach
  void begin() {
    InstallationKey key = new InstallationKey(folder, Optional.empty());
    signIns = new BegunSignIns(() -> key.box("sso"), clock);
    begun = signIns.begin("company", 7, "invited");
    cookie = signIns.cookie(begun);
  }

  private void isRefused(String provider, String state, String shown) {
    assertThatThrownBy(() -> signIns.end(provider, state, shown))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("took more than 10 minutes");
  }

  @Test
  void itEndsOnceWithinTenMinutes() {
    clock.pass(Duration.ofMinutes(10).minusMillis(1));
    assertThat(signIns.end("company", begun.state(), cookie)).isEqualTo(begun);
    isRefused("company", begun.state(), cookie);
  }

  @Test
  void afterTenMinutesItIsTooLate() {
    clock.pass(Duration.ofMinutes(10));
    isRefused("company", begun.state(), cookie);
  }

  @Test
  void itIsForItsBrowserItsProviderAndItsState() {
    isRefused("company", begun.state(), "");
    isRefused("another", begun.state(), cookie);
    isRefused("company", signIns.begin("company", 7, "").state(), cookie);
    isRefused("company", begun.state(), begun.text());
    assertThat(signIns.end("company", begun.state(), cookie).invitation()).isEqualTo("invited");
  }
}
