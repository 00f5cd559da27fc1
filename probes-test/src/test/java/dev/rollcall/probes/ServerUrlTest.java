package dev.rollcall.probes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ServerUrlTest {
  @Test
  void takesItsPartsFromAUrl() {
    ServerUrl url = ServerUrl.of("postgres://a%40b:p%2Fw:@db_1.example/shop?sslmode=require&x=%26");
    assertThat(url.scheme()).isEqualTo("postgres");
    assertThat(url.login()).contains(new Login("a@b", "p/w:"));
    assertThat(url.target(5432)).isEqualTo(new Authority("db_1.example", 5432));
    assertThat(url.path()).isEqualTo("shop");
    assertThat(url.parameter("sslmode")).contains("require");
    assertThat(url.parameter("x")).contains("&");
    assertThat(url.parameter("y")).isEmpty();
    assertThat(url.limit()).isEqualTo(Duration.ofSeconds(3));
  }

  @Test
  void knowsLoginsOfHalves() {
    assertThat(ServerUrl.of("redis://:secret@h").login()).contains(new Login("", "secret"));
    assertThat(ServerUrl.of("redis://me@h").login()).contains(new Login("me", ""));
    assertThat(ServerUrl.of("redis://h").login()).isEmpty();
  }

  @Test
  void takesPathsOfSocketsForUrlsToo() {
    assertThat(ServerUrl.of("unix:///run/docker.sock").path()).isEqualTo("run/docker.sock");
  }

  @Test
  void showsNoPassword() {
    ServerUrl url = ServerUrl.of("redis://me:secret@h:1/0?password=secret");
    assertThat(url.toString()).isEqualTo("redis://h:1/0");
    assertThat(String.valueOf(url.login())).doesNotContain("secret");
  }

  @Test
  void refusesWhatIsNoUrlWithoutRepeatingIt() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ServerUrl.of("redis://me:se cret#@h"))
        .withMessageStartingWith("the text is no URL")
        .withMessageNotContaining("cret")
        .withNoCause();
    assertThatIllegalArgumentException().isThrownBy(() -> ServerUrl.of("host"));
  }
}
